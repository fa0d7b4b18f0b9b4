import { type Operation, pathParameters } from '../../src/index.ts'
import type { Request } from './http.ts'

/** The request that a person would write for an operation, from the public catalogue alone. */
export function toRequest(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): Request & { readonly path: string } {
  const inPath = pathParameters(operation)
  const rest = Object.entries(input).filter(([name]) => !inPath.includes(name))
  const path = toPath(operation.path, input)
  if (operation.method === 'POST')
    return { method: 'POST', path, ...(rest.length > 0 && { body: Object.fromEntries(rest) }) }
  const query = new URLSearchParams(
    rest.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return { method: operation.method, path: query ? `${path}?${query}` : path }
}

/** `/v1/servers/{server_id}` with each parameter's value in its place. */
export function toPath(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])))
}
