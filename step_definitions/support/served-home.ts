import assert from 'node:assert/strict'
import { createHttpTransport, createOrchestrator, type Orchestrator, scopes } from '../../src/index.ts'
import { outputMatch, quickly, type Running, start, stop } from './commands.ts'
import type { Place } from './door.ts'

/** A home with the HTTP transport on a real socket, and a token that may do everything there. */
export interface ServedHome {
  readonly url: string
  readonly headers: Readonly<Record<string, string>> & { readonly authorization: string }
  close(): Promise<void>
}

export type ServeHome = (place: Place) => Promise<ServedHome>

/** By a transport in this process. */
export async function serveHome(place: Place): Promise<ServedHome> {
  const orchestrator = createOrchestrator(place)
  const transport = createHttpTransport({ orchestrator, logger: false })
  return {
    url: await transport.listen({ port: 0 }),
    headers: await letIn(orchestrator),
    async close() {
      await transport.close()
      await orchestrator.close()
    },
  }
}

/** By the command, in two workers: each request comes on a connection of its own, so to the worker whose turn it is. */
export async function serveHomeByWorkers(place: Place): Promise<ServedHome> {
  const options = ['--port', '0', '--workers', '2']
  const running = await start('mcp-orchestration-serve-http', options, quickly(place.env))
  try {
    await using orchestrator = createOrchestrator(place)
    const headers = { ...(await letIn(orchestrator)), connection: 'close' }
    const [, url = ''] = await outputMatch(running, bothListen, patienceMs)
    return { url, headers, close: () => endInOrder(running) }
  } catch (error) {
    await stop(running)
    throw error
  }
}

const bothListen = /Server running on (http:[^"]+)".*2 workers share the work/s
const patienceMs = 45_000

async function endInOrder(running: Running): Promise<void> {
  const { code, stderr } = await stop(running)
  assert.equal(code, 0, stderr)
}

async function letIn({ tokens }: Orchestrator): Promise<{ readonly authorization: string }> {
  const { token } = await tokens.generate({ name: 'door', scopes })
  return { authorization: `Bearer ${token}` }
}
