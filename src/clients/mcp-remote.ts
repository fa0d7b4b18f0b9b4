import { OrchestrationError } from '../errors.ts'
import type { RemoteEntry, StdioEntry } from '../vocabulary.ts'

/** What mcp-remote takes as the name of a header; it drops any other with no more than a warning. */
const headerName = /^[A-Za-z0-9_-]+$/

/** The hosts to which mcp-remote speaks plain HTTP without being told so. */
const localHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1'])

interface Header {
  readonly name: string
  readonly value: string
  /** The environment variable that carries the value. */
  readonly variable: string
}

/**
 * A remote server for a client that only starts processes: the npm package `mcp-remote` speaks to it and passes everything on.
 * A header's value goes through the environment, so that it shows in no process list, and since some clients break an argument
 * with a space in two (mcp-remote's README). A header that mcp-remote can't send is `validation_failed`.
 */
export function viaMcpRemote({ type, url, headers }: RemoteEntry): StdioEntry {
  const carried = withVariables(headers)
  return {
    type: 'stdio',
    command: 'npx',
    args: ['-y', 'mcp-remote', url, ...toFlags(type, url), ...carried.flatMap(toArguments)],
    env: Object.fromEntries(carried.map(({ variable, value }) => [variable, value])),
  }
}

function toFlags(type: RemoteEntry['type'], url: string): readonly string[] {
  const transport = type === 'sse' ? ['--transport', 'sse-only'] : []
  return isPlainRemote(url) ? [...transport, '--allow-http'] : transport
}

function isPlainRemote(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed?.protocol === 'http:' && !localHosts.has(parsed.hostname)
}

function toArguments({ name, variable }: Header): readonly string[] {
  return ['--header', `${name}:\${${variable}}`]
}

/** In the order of their names, so that equal payloads make equal entries. */
function withVariables(headers: RemoteEntry['headers']): readonly Header[] {
  const taken = new Set<string>()
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, value]) => ({ name, value, variable: takeVariable(name, taken) }))
}

/** Never a name that a process heeds, and no two the same, whatever the case. */
function takeVariable(name: string, taken: Set<string>): string {
  if (!headerName.test(name)) throw unsendable(name)
  const stem = `MCP_HEADER_${name.toUpperCase().replaceAll('-', '_')}`
  let variable = stem
  for (let count = 2; taken.has(variable); count += 1) variable = `${stem}_${count}`
  taken.add(variable)
  return variable
}

function unsendable(name: string): OrchestrationError {
  return new OrchestrationError(
    'validation_failed',
    `This client reaches remote servers through mcp-remote, which can't send a header called "${name}". Use letters, digits, "-" and "_".`,
  )
}
