import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { JsonObject, JsonValue } from '../../../src/index.ts'

/** A workflow as n8n exports and imports it: the file in `examples/n8n/` is what a user takes, so it is what the tests take. */
export interface Workflow {
  readonly id: string
  readonly name: string
  readonly nodes: readonly WorkflowNode[]
  /** By the name of the node from which they come. */
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly Connection[])[] }>>
}

export interface WorkflowNode {
  readonly name: string
  readonly type: string
  readonly typeVersion: number
  readonly parameters: JsonObject
  readonly credentials?: Readonly<Record<string, { readonly id: string; readonly name: string }>>
  readonly onError?: 'continueErrorOutput'
}

interface Connection {
  readonly node: string
}

/** A credential in the shape that `n8n import:credentials` takes. */
export interface Credential {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly data: { readonly name: string; readonly value: string }
}

interface Assignment {
  readonly name: string
  readonly value: JsonValue
}

const folder = new URL('../../../examples/n8n/', import.meta.url)

export async function readWorkflow(name: string): Promise<Workflow> {
  return JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8'))
}

/** The template of the credential, with a token where a user puts one. */
export async function readCredential(token: string): Promise<Credential> {
  const text = await readFile(new URL('credential.json', folder), 'utf8')
  const [credential] = JSON.parse(text.replace('<token>', token)) as readonly Credential[]
  assert.ok(credential, 'credential.json holds no credential.')
  return credential
}

/** The workflow with values of its node "Settings" as a user fills them in. */
export function withSettings(workflow: Workflow, values: JsonObject): Workflow {
  return {
    ...workflow,
    nodes: workflow.nodes.map((node) => (node.name === 'Settings' ? fillIn(node, values) : node)),
  }
}

function fillIn(settings: WorkflowNode, values: JsonObject): WorkflowNode {
  const { assignments } = settings.parameters.assignments as unknown as {
    readonly assignments: readonly Assignment[]
  }
  const names = assignments.map(({ name }) => name)
  for (const name of Object.keys(values)) assert.ok(names.includes(name), `Settings has no "${name}".`)
  const filledIn = assignments.map((each) => ({ ...each, value: toValue(values[each.name] ?? each.value) }))
  return { ...settings, parameters: { ...settings.parameters, assignments: { assignments: filledIn } } }
}

/** A list is typed into n8n as JSON. */
function toValue(value: JsonValue): JsonValue {
  return typeof value === 'object' ? JSON.stringify(value) : value
}
