import type { JsonObject } from '../vocabulary.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import { cliPrincipal } from './principal.ts'
import type { CommonSettings } from './settings.ts'

/** Calls an operation on the state of a command's settings. The catalogue is loaded on demand, so that `--help` doesn't wait for it. */
export async function operate(settings: CommonSettings, id: string, input: unknown): Promise<JsonObject> {
  const { getOperation } = await import('../operations/operations.ts')
  const { callOperation } = await import('../operations/operation.ts')
  const operation = getOperation(id)
  if (!operation) throw new Error(`The catalogue has no operation ${id}.`)
  await using orchestrator = await openOrchestrator(settings)
  return await callOperation(operation, { orchestrator, principal: cliPrincipal, door: 'cli' }, input)
}
