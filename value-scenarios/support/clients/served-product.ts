import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHttpTransport, createOrchestrator, type Orchestrator, type Scope } from '../../../src/index.ts'

/** The product's own tools on a socket, with a home and a user's folder that nothing else uses. */
export interface ServedProduct {
  readonly orchestrator: Orchestrator
  readonly origin: string
  /** The user's folder, in which the clients have their files. */
  readonly user: string
  createToken(
    name: string,
    scopes: readonly Scope[],
  ): Promise<{ readonly id: string; readonly token: string }>
  /** Ends the server and starts it anew, at the same address on the same state. */
  restart(): Promise<void>
}

/** A server that is gone at the end of the scenario. */
export async function serveProduct(stops: (() => unknown)[]): Promise<ServedProduct> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-value-'))
  stops.push(() => rm(folder, { recursive: true, force: true }))
  const user = path.join(folder, 'user')
  const orchestrator = createOrchestrator({
    home: path.join(folder, 'state'),
    store: 'memory',
    env: { HOME: user },
    platform: 'linux',
  })
  stops.push(() => orchestrator.close())
  let transport = createHttpTransport({ orchestrator, logger: false })
  stops.push(() => transport.close())
  const origin = await transport.listen({ port: 0 })
  return {
    orchestrator,
    origin,
    user,
    async createToken(name, scopes) {
      const { token, record } = await orchestrator.tokens.generate({ name, scopes })
      return { id: record.id, token }
    },
    async restart() {
      await transport.close()
      transport = createHttpTransport({ orchestrator, logger: false })
      await transport.listen({ port: Number(new URL(origin).port) })
    },
  }
}
