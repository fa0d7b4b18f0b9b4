import path from 'node:path'
import type { TestContext } from 'node:test'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../../src/orchestrator.ts'
import { createFolder } from './folder.ts'

export interface TestOrchestratorOptions extends Pick<OrchestratorOptions, 'clock'> {
  /** Where the home and the user's folder are. */
  readonly folder?: string
}

/** An orchestrator on the memory store, with a home and a user's folder that are gone after the test. */
export async function createTestOrchestrator(
  context: TestContext,
  { folder, ...options }: TestOrchestratorOptions = {},
): Promise<Orchestrator> {
  const place = folder ?? (await createFolder(context))
  const orchestrator = createOrchestrator({
    home: path.join(place, 'state'),
    store: 'memory',
    env: { HOME: path.join(place, 'user') },
    platform: 'linux',
    ...options,
  })
  context.after(() => orchestrator.close())
  return orchestrator
}
