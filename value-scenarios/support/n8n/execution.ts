import assert from 'node:assert/strict'
import type { Evaluation, Item } from './expressions.ts'
import { nodeTypes } from './nodes.ts'
import type { Credential, Workflow, WorkflowNode } from './workflow.ts'

/** What the nodes of a workflow gave, each time they ran, in the order in which they did. */
export type Execution = readonly NodeRun[]

export interface NodeRun {
  readonly node: string
  /** The items at each of its outputs. */
  readonly outputs: readonly (readonly Item[])[]
}

/** An execution by the tests' own means, which see what n8n keeps to itself. */
export type Walk = readonly WalkedRun[]

export interface WalkedRun extends NodeRun {
  /** The expressions that came to nothing, each with its reason. */
  readonly nothings: readonly string[]
}

export interface ExecutionOptions {
  readonly id: string
  readonly credential: Credential
  readonly circumstances?: Circumstances
}

/** What befalls an execution, by the names of its nodes. */
export interface Circumstances {
  /** What somebody else does right before a node runs. */
  readonly meanwhile?: { readonly before: string; act(): Promise<unknown> }
  /** The node whose first answers are lost, so that n8n runs it again. */
  readonly lostAnswersOf?: string
}

/**
 * Executes a workflow from its manual trigger, node by node, as n8n does in the order "v1": a branch to its end before the next one
 * begins, and no node without items.
 */
export async function execute(
  workflow: Workflow,
  { id, credential, circumstances: { meanwhile, lostAnswersOf } = {} }: ExecutionOptions,
): Promise<Walk> {
  const runs: WalkedRun[] = []
  const pending = [{ node: triggerOf(workflow), items: [{ json: {} }] as readonly Item[] }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, items } = next
    const nothings: string[] = []
    const evaluationFor = (item: Item): Evaluation => ({
      scope: {
        $json: item.json,
        $execution: { id },
        $workflow: { id: workflow.id, name: workflow.name },
        $: (name) => ({ first: () => firstItem(runs, name) }),
      },
      noteNothing: (complaint) => nothings.push(`"${node.name}": ${complaint}`),
    })
    const run = () => nodeType(node).run({ node, items, evaluationFor, credential })
    if (node.name === meanwhile?.before) await meanwhile.act()
    if (node.name === lostAnswersOf) await run()
    const outputs = await run()
    runs.push({ node: node.name, outputs, nothings })
    const following = outputs.flatMap((output, index) =>
      output.length > 0
        ? targets(workflow, node, index).map((target) => ({ node: target, items: output }))
        : [],
    )
    pending.push(...following.toReversed())
  }
  return runs
}

/** The manual trigger; any other one leads where it leads. */
function triggerOf(workflow: Workflow): WorkflowNode {
  const triggers = workflow.nodes.filter(({ type }) => type.endsWith('Trigger'))
  const manual = triggers.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')
  assert.ok(manual, 'The workflow has no manual trigger.')
  for (const trigger of triggers)
    assert.deepEqual(targets(workflow, trigger, 0), targets(workflow, manual, 0))
  return manual
}

function nodeType({ name, type, typeVersion }: WorkflowNode) {
  const known = nodeTypes[type]
  assert.ok(known, `"${name}" is a ${type}, which the tests don't know.`)
  assert.equal(typeVersion, known.version, `"${name}" is a ${type} of another version.`)
  return known
}

function targets({ connections, nodes }: Workflow, { name }: WorkflowNode, output: number) {
  return (connections[name]?.main[output] ?? []).map((connection) => {
    const target = nodes.find((each) => each.name === connection.node)
    assert.ok(target, `"${name}" leads to "${connection.node}", which isn't there.`)
    return target
  })
}

function firstItem(runs: Execution, nodeName: string): Item {
  const item = runs.findLast(({ node }) => node === nodeName)?.outputs[0]?.[0]
  assert.ok(item, `An expression asks for "${nodeName}", which has given nothing.`)
  return item
}
