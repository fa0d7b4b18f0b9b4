import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { callOperation, createOrchestrator, getOperation } from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

const ref = { clientId: 'cursor', profileId: 'default' }

export interface Delivery extends Sandbox {
  /** What get_config answered. */
  readonly release: string
  readonly jwks: string
}

/** A folder with a release and a key set that were made elsewhere. */
export async function createDelivery(context: TestContext): Promise<Delivery> {
  const sandbox = await createSandbox(context)
  await using orchestrator = createOrchestrator({ home: path.join(sandbox.folder, 'priya'), env: {} })
  await orchestrator.keys.initialize()
  await orchestrator.drafts.add(ref, { serverId: 'memory' })
  await orchestrator.releases.publish(ref, { changelog: 'First' })
  const operation = getOperation('get_config')
  assert.ok(operation)
  const input = { client_id: ref.clientId, profile_id: ref.profileId }
  const principal = { id: 'priya', scopes: ['read'] as const }
  const release = JSON.stringify(await callOperation(operation, { orchestrator, principal }, input))
  const jwks = JSON.stringify(await orchestrator.keys.jwks())
  await writeFile(path.join(sandbox.folder, 'release.json'), release)
  await writeFile(path.join(sandbox.folder, 'keys.json'), jwks)
  return { ...sandbox, release, jwks }
}
