import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  classifyInboundRequest,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server'
import { isObject, type Members } from '../json.ts'
import { sessionIdHeader } from './handshake-era.ts'
import type { Arguments } from './tool-input.ts'
import { findTool, type Tool } from './tools.ts'

/**
 * A request to our own tools as nearly every client writes it. What is unusual in any respect, right or wrong, is none, so that the SDK
 * decides wherever there is something to decide.
 */
export type PlainRequest = PlainListing | PlainCall

export interface PlainListing {
  readonly method: 'tools/list'
  readonly era: PlainEra
  readonly id: string | number
}

export interface PlainCall {
  readonly method: 'tools/call'
  readonly era: PlainEra
  readonly id: string | number
  readonly tool: Tool
  readonly given: Arguments
}

/** 2026-07-28, or one of the revisions that begin with a handshake. */
export type PlainEra = 'modern' | 'handshake'

/** As Node has them, their names in lower case. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** Tells plain requests from others. It remembers the envelopes that the SDK has found right, since a client sends the same each time. */
export function createPlainRequests(): (headers: HeaderFields, message: unknown) => PlainRequest | undefined {
  const isRightEnvelope = createEnvelopeCheck()

  function eraOf(headers: HeaderFields, message: UsualMessage): PlainEra | undefined {
    const revision = headers['mcp-protocol-version']
    if (revision === modernRevision)
      return namesSame(headers, message) && isRightEnvelope(message) ? 'modern' : undefined
    const isOfHandshake = handshakeRevisions.has(revision) && namesNothing(headers) && !hasEnvelope(message)
    return isOfHandshake ? 'handshake' : undefined
  }

  return (headers, message) => {
    if (!hasUsualHead(headers) || !isUsualMessage(message)) return undefined
    const { id, method, params = {} } = message
    const era = eraOf(headers, message)
    if (era === undefined) return undefined
    if (method === 'tools/list') return { method, era, id }
    const tool = findTool(params.name ?? '')
    return tool && { method, era, id, tool, given: params.arguments ?? {} }
  }
}

const modernRevision = '2026-07-28'
const handshakeRevisions: ReadonlySet<unknown> = new Set([
  undefined,
  '2025-03-26',
  '2025-06-18',
  '2025-11-25',
])

const usualMediaTypes: ReadonlySet<unknown> = new Set(['application/json', 'application/json; charset=utf-8'])
const usualAccepts: ReadonlySet<unknown> = new Set([
  'application/json, text/event-stream',
  'text/event-stream, application/json',
])

function hasUsualHead(headers: HeaderFields): boolean {
  return (
    usualMediaTypes.has(headers['content-type']) &&
    usualAccepts.has(headers.accept) &&
    headers[sessionIdHeader] === undefined
  )
}

/** What the headers of 2026-07-28 repeat of the body. */
function namesSame(headers: HeaderFields, { method, params }: UsualMessage): boolean {
  return headers['mcp-method'] === method && headers['mcp-name'] === params?.name
}

function namesNothing(headers: HeaderFields): boolean {
  return headers['mcp-method'] === undefined && headers['mcp-name'] === undefined
}

interface UsualMessage {
  readonly id: string | number
  readonly method: 'tools/list' | 'tools/call'
  readonly params?: UsualParams
}

interface UsualParams {
  /** In truth any value. */
  readonly name?: string
  readonly arguments?: Arguments
  readonly _meta?: Members
}

const usualMembers: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params'])
/** Others ask for what is not served here: a page, a task, an answer to a question. */
const usualParams: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ['tools/list', new Set(['_meta'])],
  ['tools/call', new Set(['name', 'arguments', '_meta'])],
])

function isUsualMessage(message: unknown): message is UsualMessage {
  if (!isObject(message) || !hasOnly(message, usualMembers)) return false
  const { jsonrpc, id, method, params = {} } = message
  const known = usualParams.get(method)
  return jsonrpc === '2.0' && isName(id) && known !== undefined && isUsualParams(params, known)
}

function isUsualParams(params: unknown, known: ReadonlySet<string>): params is UsualParams {
  if (!isObject(params) || !hasOnly(params, known)) return false
  const { arguments: given = {}, _meta: meta = {} } = params
  return isObject(given) && !hasProto(given) && isObject(meta) && isUsualMeta(meta)
}

/** What a client adds for itself makes no difference; what the protocol reserves would, but for the envelope. */
function isUsualMeta(meta: Members): boolean {
  const { progressToken } = meta
  return (
    (progressToken === undefined || isName(progressToken)) &&
    !hasProto(meta) &&
    Object.keys(meta).every((name) => envelope.has(name) || !name.startsWith('io.modelcontextprotocol/'))
  )
}

/** What JSON-RPC and the protocol call requests by. */
function isName(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function hasOnly(value: Members, known: ReadonlySet<string>): boolean {
  return Object.keys(value).every((name) => known.has(name))
}

/** The SDK's schemas leave this one name out, where it is a member like any other. */
function hasProto(value: Members): boolean {
  return Object.hasOwn(value, '__proto__')
}

const envelope: ReadonlySet<string> = new Set([
  PROTOCOL_VERSION_META_KEY,
  CLIENT_INFO_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
])

function hasEnvelope({ params }: UsualMessage): boolean {
  return Object.keys(params?._meta ?? {}).some((name) => envelope.has(name))
}

const maxEnvelopes = 200
const maxEnvelopeLength = 2_000

/** By the SDK's own judgement. That takes long, so it is asked once for each envelope. */
function createEnvelopeCheck(): (message: UsualMessage) => boolean {
  const right = new Set<string>()
  return (message) => {
    const {
      [PROTOCOL_VERSION_META_KEY]: revision,
      [CLIENT_INFO_META_KEY]: client,
      [CLIENT_CAPABILITIES_META_KEY]: capabilities,
    } = message.params?._meta ?? {}
    if (revision !== modernRevision) return false
    const text = JSON.stringify({ client, capabilities })
    if (right.has(text)) return true
    if (text.length > maxEnvelopeLength || !isOfModernEra(message)) return false
    if (right.size >= maxEnvelopes) right.clear()
    right.add(text)
    return true
  }
}

function isOfModernEra(body: UsualMessage): boolean {
  return classifyInboundRequest({ httpMethod: 'POST', body }).kind === 'modern'
}
