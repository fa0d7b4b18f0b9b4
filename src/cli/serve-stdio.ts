import { inspect } from 'node:util'
import { complaintLines } from './complaint.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import { type CommonSettings, isDebugging } from './settings.ts'
import { firstSignal } from './signals.ts'

/** Serves MCP on stdin and stdout until the client closes stdin or a signal comes. Whatever is said besides goes to stderr. */
export async function serveStdio(settings: CommonSettings): Promise<void> {
  const { keepCompiled } = await import('./compile-cache.ts')
  keepCompiled()
  const { serveOverStdio } = await import('../mcp/stdio.ts')
  await using orchestrator = await openOrchestrator(settings)
  const { signal, release } = firstSignal()
  const server = serveOverStdio(orchestrator, {
    onFault: (error, what) => say(complaintLines(error, settings).map((line) => `${what}: ${line}`)),
    onWireError: (error) => say([wireLine(error, settings)]),
  })
  if (process.stdin.isTTY)
    say(['Serving MCP on stdin and stdout; an AI client starts this. See also --help.'])
  await Promise.race([signal, server.closed])
  await server.close()
  release()
}

/** A line that is no message may hold a secret, and the error may quote the line. */
function wireLine(error: NodeJS.ErrnoException, { logLevel }: CommonSettings): string {
  if (isDebugging(logLevel)) return inspect(error)
  return `error: Trouble on the connection (${error.code ?? error.name}); --log-level debug shows it.`
}

function say(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}
