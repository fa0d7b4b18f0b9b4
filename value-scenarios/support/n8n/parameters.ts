import assert from 'node:assert/strict'
import type { JsonObject } from '../../../src/index.ts'
import type { WorkflowNode } from './workflow.ts'

/** The parameters of a node with its options among them. One that the tests don't know would count for n8n and not for them, so it fails. */
export function takeParameters<Parameters>(
  { name, parameters }: WorkflowNode,
  known: readonly string[],
  knownOptions: readonly string[] = [],
): Parameters {
  const { options = {}, ...rest } = parameters as { readonly options?: JsonObject }
  const unknown = [
    ...Object.keys(rest).filter((each) => !known.includes(each)),
    ...Object.keys(options).filter((each) => !knownOptions.includes(each)),
  ]
  assert.deepEqual(unknown, [], `"${name}" has parameters that the tests don't know.`)
  return { ...rest, ...options } as Parameters
}
