import type { Operation } from '../../../src/operations/operation.ts'
import { pathParameters } from '../../../src/operations/operation.ts'
import type { JsonObject } from '../../../src/vocabulary.ts'

/** A call of an operation as one would type it. */
export function toCurl(operation: Operation, input: JsonObject, baseUrl: string): string {
  const inPath = pathParameters(operation)
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(input[name])))
  const beside = Object.entries(input).filter(([name]) => !inPath.includes(name))
  const hasBody = operation.method === 'POST' && beside.length > 0
  const query = hasBody
    ? ''
    : beside
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
        .join('&')
  const lines = [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}-H "Authorization: Bearer $TOKEN"`,
    ...(hasBody ? ["-H 'Content-Type: application/json'"] : []),
    ...(hasBody ? [`-d ${quote(JSON.stringify(Object.fromEntries(beside)))}`] : []),
    `${query === '' ? `${baseUrl}${path}` : quote(`${baseUrl}${path}?${query}`)}`,
  ]
  const line = lines.join(' ')
  return line.length <= 100 ? line : lines.join(' \\\n  ')
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
