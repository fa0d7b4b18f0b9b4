import type { StdioServer } from '../mcp/stdio.ts'
import { complaintLines } from './complaint.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import type { CommonSettings } from './settings.ts'
import { firstSignal } from './signals.ts'

/** Serves MCP on stdin and stdout until the client closes stdin or a signal comes. Whatever is said besides goes to stderr. */
export async function serveStdio(settings: CommonSettings): Promise<void> {
  const { serveOverStdio } = await import('../mcp/stdio.ts')
  if (process.stdin.isTTY)
    say('Serving MCP on stdin and stdout; an AI client starts this. --help shows what else there is.')
  await using orchestrator = await openOrchestrator(settings)
  const server: StdioServer = serveOverStdio(orchestrator, {
    onFault: (error, what) => say(...faultLines(error, what, settings)),
    onWireError: (error) => say(`mcp-orchestration: ${error.message}`),
  })
  const { signal, release } = firstSignal()
  await Promise.race([signal, server.closed])
  await server.close()
  release()
}

function faultLines(error: unknown, what: string, { logLevel }: CommonSettings): readonly string[] {
  const isDebugging = logLevel === 'debug' || logLevel === 'trace'
  const lines = isDebugging && error instanceof Error ? [error.stack ?? error.message] : complaintLines(error)
  return lines.map((line) => `${what}: ${line}`)
}

function say(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}
