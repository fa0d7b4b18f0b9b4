import { complaintLines } from './complaint.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import type { CommonSettings } from './settings.ts'
import { firstSignal } from './signals.ts'

/** Serves MCP on stdin and stdout until the client closes stdin or a signal comes. Whatever is said besides goes to stderr. */
export async function serveStdio(settings: CommonSettings): Promise<void> {
  const { serveOverStdio } = await import('../mcp/stdio.ts')
  await using orchestrator = await openOrchestrator(settings)
  const { signal, release } = firstSignal()
  const server = serveOverStdio(orchestrator, {
    onFault: (error, what) => say(complaintLines(error, settings).map((line) => `${what}: ${line}`)),
    onWireError: (error) => say([`error: ${error.message}`]),
  })
  if (process.stdin.isTTY)
    say(['Serving MCP on stdin and stdout; an AI client starts this. See also --help.'])
  await Promise.race([signal, server.closed])
  await server.close()
  release()
}

function say(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}
