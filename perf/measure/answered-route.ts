import assert from 'node:assert/strict'
import { getOperation } from 'mcp-orchestration'
import type { AnsweredRoute } from '../baselines/fixture.ts'

/** A route that answers what ours answered, by the schema that ours is serialised by. */
export function toAnsweredRoute(operationId: string, text: string): AnsweredRoute {
  const operation = getOperation(operationId)
  assert.ok(
    operation && operation.method !== 'DELETE',
    `No such operation to read or write by: ${operationId}`,
  )
  const { method, path, output } = operation
  return { method, url: path.replaceAll(/\{(\w+)\}/g, ':$1'), schema: output, body: JSON.parse(text) }
}
