import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'

/** An orchestrator on the memory store, with a home and a user's folder that are gone after the test. */
export async function createTestOrchestrator(context: TestContext): Promise<Orchestrator> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-'))
  const orchestrator = createOrchestrator({
    home: path.join(folder, 'state'),
    store: 'memory',
    env: { HOME: path.join(folder, 'user') },
    platform: 'linux',
  })
  context.after(async () => {
    await orchestrator.close()
    await rm(folder, { recursive: true, force: true })
  })
  return orchestrator
}
