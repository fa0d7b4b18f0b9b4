import assert from 'node:assert/strict'
import type { JsonObject, JsonValue } from '../../../src/index.ts'
import { type Evaluation, type Item, resolve } from './expressions.ts'
import { sendRequest } from './http-request.ts'
import { takeParameters } from './parameters.ts'
import type { Credential, WorkflowNode } from './workflow.ts'

export interface NodeInput {
  readonly node: WorkflowNode
  readonly items: readonly Item[]
  readonly credential: Credential
  evaluationFor(item: Item): Evaluation
}

interface NodeType {
  readonly version: number
  /** The items at each output. */
  run(input: NodeInput): Promise<readonly (readonly Item[])[]>
}

/** The stock nodes that the workflows use, as far as they use them; whatever else a node asks for makes it fail. */
export const nodeTypes: Readonly<Record<string, NodeType>> = {
  'n8n-nodes-base.manualTrigger': { version: 1, run: async ({ items }) => [items] },
  'n8n-nodes-base.noOp': { version: 1, run: async ({ items }) => [items] },
  'n8n-nodes-base.set': { version: 3.4, run: async (input) => [input.items.map((item) => set(input, item))] },
  'n8n-nodes-base.if': { version: 2.2, run: async (input) => partition(input) },
  'n8n-nodes-base.filter': { version: 2.2, run: async (input) => partition(input) },
  'n8n-nodes-base.splitOut': {
    version: 1,
    run: async ({ node, items }) => [items.flatMap((item) => splitOut(node, item))],
  },
  'n8n-nodes-base.aggregate': { version: 1, run: async ({ node, items }) => [[aggregate(node, items)]] },
  'n8n-nodes-base.httpRequest': { version: 4.2, run: httpRequest },
}

interface Assignment {
  readonly name: string
  readonly type: string
  readonly value: JsonValue
}

/** "Edit Fields": new fields in place of those that came. */
function set({ node, evaluationFor }: NodeInput, item: Item): Item {
  const { assignments } = takeParameters<{ assignments: { assignments: readonly Assignment[] } }>(node, [
    'assignments',
  ])
  const fields = assignments.assignments.map(({ name, type, value }) => {
    const given = resolve(value, evaluationFor(item))
    if (given === null) return [name, null]
    const field = type === 'array' && typeof given === 'string' ? JSON.parse(given) : given
    const actual = Array.isArray(field) ? 'array' : typeof field
    assert.equal(actual, type, `"${node.name}" sets ${name} to ${JSON.stringify(field)}.`)
    return [name, field]
  })
  return { json: Object.fromEntries(fields) }
}

interface Conditions {
  readonly conditions: readonly {
    readonly leftValue: JsonValue
    readonly rightValue: JsonValue
    readonly operator: { readonly type: string; readonly operation: string }
  }[]
}

/** What holds leaves by the first output, the rest by the second, which a filter has as well, though nothing can be connected to it. */
function partition(input: NodeInput): readonly (readonly Item[])[] {
  const { true: held = [], false: failed = [] } = Object.groupBy(
    input.items,
    (item) => `${holds(input, item)}`,
  )
  return [held, failed]
}

function holds({ node, evaluationFor }: NodeInput, item: Item): boolean {
  const { conditions } = takeParameters<{ conditions: Conditions }>(node, ['conditions'])
  const [condition, ...more] = conditions.conditions
  assert.ok(condition && more.length === 0, `"${node.name}" has not one condition.`)
  const { type, operation } = condition.operator
  const value = resolve(condition.leftValue, evaluationFor(item))
  // Nothing is of every type, and then no comparison holds.
  assert.ok(value === null || typeof value === type, `"${node.name}" compares ${JSON.stringify(value)}.`)
  const compare = comparisons[`${type}:${operation}`]
  assert.ok(compare, `"${node.name}" compares by ${operation}.`)
  return compare(value, condition.rightValue)
}

const comparisons: Readonly<Record<string, (left: JsonValue, right: JsonValue) => boolean>> = {
  'boolean:true': (left) => left === true,
  'number:equals': (left, right) => left === right,
  'number:gt': (left, right) => Number(left) > Number(right),
}

function splitOut(node: WorkflowNode, { json }: Item): readonly Item[] {
  const { fieldToSplitOut, fieldsToInclude, destinationFieldName } = takeParameters<{
    fieldToSplitOut: string
    fieldsToInclude?: string
    destinationFieldName?: string
  }>(node, ['fieldToSplitOut', 'include', 'fieldsToInclude'], ['destinationFieldName'])
  const list = fieldToSplitOut
    .split('.')
    .reduce<JsonValue>((value, name) => (value as JsonObject)[name] ?? null, json)
  assert.ok(Array.isArray(list), `"${node.name}" finds no list at ${fieldToSplitOut}.`)
  const others = fieldsToInclude === undefined ? {} : { [fieldsToInclude]: json[fieldsToInclude] ?? null }
  return list.map((element) => ({
    json: {
      ...(destinationFieldName === undefined ? (element as JsonObject) : { [destinationFieldName]: element }),
      ...others,
    },
  }))
}

function aggregate(node: WorkflowNode, items: readonly Item[]): Item {
  const { aggregate, destinationFieldName } = takeParameters<{
    aggregate: string
    destinationFieldName: string
  }>(node, ['aggregate', 'destinationFieldName'])
  assert.equal(aggregate, 'aggregateAllItemData')
  return { json: { [destinationFieldName]: items.map(({ json }) => json) } }
}

/** What can't be sent, or is refused where the node doesn't look at refusals, leaves by the second output, beside what came in. */
async function httpRequest({
  node,
  items,
  credential,
  evaluationFor,
}: NodeInput): Promise<readonly (readonly Item[])[]> {
  const [answered, failed]: [Item[], Item[]] = [[], []]
  for (const item of items) {
    const outcome = await sendRequest(node, evaluationFor(item), credential)
    if ('json' in outcome) {
      answered.push(outcome)
      continue
    }
    assert.ok(node.onError, `"${node.name}" fails: ${JSON.stringify(outcome.error)}`)
    failed.push({ json: { ...item.json, error: outcome.error } })
  }
  return [answered, failed]
}
