/** A host's server behind a transport, in a process of its own that tells how much memory it holds. Run with `--expose-gc`. */
import { setTimeout as pause } from 'node:timers/promises'
import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { createHttpTransport, createOrchestrator } from '../../src/index.ts'
import { createHostServer } from '../mcp/host-server.ts'

/** In bytes, after a garbage collection, and the most that was held at any time since the last question. */
export interface Memory {
  readonly held: number
  readonly peak: number
  readonly rss: number
  readonly warnings: readonly string[]
}

const [home = ''] = process.argv.slice(2)
const warnings: string[] = []
const orchestrator = createOrchestrator({ home, store: 'memory' })
const transport = createHttpTransport({
  orchestrator,
  mcpServer: createHostServer({ keeps: false }).factory,
  mcpEvents: new InMemoryServerEventBus(),
  logger: {
    level: 'warn',
    stream: { write: (line: string) => void warnings.push(JSON.parse(line).err?.message) },
  },
})

let peak = 0
setInterval(() => {
  peak = Math.max(peak, held())
}, 10).unref()

process.on('message', async () => {
  // What a closed socket holds is let go a little later.
  for (let round = 0; round < 3; round += 1) {
    await pause(30)
    globalThis.gc?.()
  }
  process.send?.({
    held: held(),
    peak,
    rss: process.memoryUsage.rss(),
    warnings: warnings.splice(0),
  } satisfies Memory)
  peak = 0
})
process.on('disconnect', () => process.exit())

const { token } = await orchestrator.tokens.generate()
process.send?.({ url: await transport.listen({ port: 0 }), token })

function held(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
