import type { FastifyRequest } from 'fastify'
import { type Operation, pathParameters } from '../../operations/operation.ts'
import { decodeField, parseQuery, refused, toPointer } from './query.ts'

type Fields = Readonly<Record<string, unknown>>

/** Path, query and body as the one input that an operation takes. A field that doesn't belong where it stands is refused. */
export function toInput(operation: Operation, request: FastifyRequest): Fields {
  const query = parseQuery(request.raw.url ?? '')
  const fields = operation.method === 'POST' ? fromBody(request.body, query) : fromQuery(operation, query)
  const names = pathParameters(operation)
  const misplaced = names.filter((name) => Object.hasOwn(fields, name))
  if (misplaced.length > 0) throw refuseEach(misplaced, 'is part of the path; leave it out here')
  return { ...fields, ...pick(request.params as Fields, names) }
}

/**
 * RFC 9110, sections 9.3.1 and 9.3.5: content of a GET or DELETE has no meaning, and a server may refuse it. Ignoring it would do
 * something else than what the caller wrote.
 */
export function refuseNeedlessBody({ method, headers }: FastifyRequest): void {
  const hasContent = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (method === 'POST' || !hasContent) return
  throw refused({
    code: 'unexpected_body',
    pointer: '',
    message: `A ${method} request takes no body here; leave it out.`,
  })
}

function fromBody(body: unknown, query: ReadonlyMap<string, string>): Fields {
  if (query.size > 0)
    throw refuseEach([...query.keys()], 'is not a query parameter here; put fields into the body')
  if (body === undefined) return {}
  if (isFields(body)) return body
  const message = `The body must be a JSON object, not ${Array.isArray(body) ? 'an array' : JSON.stringify(body).slice(0, 80)}.`
  throw refused({ code: 'wrong_type', pointer: '', message })
}

function fromQuery({ input }: Operation, query: ReadonlyMap<string, string>): Fields {
  return Object.fromEntries([...query].map(([name, text]) => [name, decodeField(input, name, text)]))
}

/** A plugin's prefix may have parameters of the host's own. */
function pick(params: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, params[name]]))
}

function refuseEach(names: readonly string[], why: string) {
  return refused(
    ...names.map((name) => ({
      code: 'unknown_field' as const,
      pointer: toPointer(name),
      message: `"${name}" ${why}.`,
    })),
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
