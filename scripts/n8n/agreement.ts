import { isDeepStrictEqual } from 'node:util'
import type { JsonObject, JsonValue } from '../../src/index.ts'
import type { Execution, NodeRun, Walk } from '../../value-scenarios/support/n8n/execution.ts'
import { type Office, stateOf } from '../../value-scenarios/support/n8n/office.ts'
import type { Workflow } from '../../value-scenarios/support/n8n/workflow.ts'
import type { Trial } from './trial.ts'

/** What was found of a node, or of what came of the whole. */
export interface Finding {
  readonly subject: string
  /** What n8n had of it, in short. */
  readonly result: string
  /** What is wrong; undefined when all is well. */
  readonly offence?: string
}

interface Side extends Trial {
  readonly execution: Execution
}

interface WalkedSide extends Side {
  readonly execution: Walk
}

/** Holds each node's result in n8n against the same node's in the tests' own walk, each on a server of its own. */
export function compareNodes(real: Side, walked: WalkedSide): readonly Finding[] {
  const steps = Array.from({ length: Math.max(real.execution.length, walked.execution.length) })
  return steps.map((_, index) => compareNode(real, walked, index))
}

function compareNode(real: Side, walked: WalkedSide, index: number): Finding {
  const [theirs, ours] = [toComparable(real, index), toComparable(walked, index)]
  const subject = theirs?.node ?? 'nothing'
  if (theirs === undefined || theirs.node !== ours?.node)
    return { subject, result: '', offence: `in the tests ${ours?.node ?? 'nothing'} ran here` }
  const result = inShort(theirs, typeOf(real.workflow, theirs.node))
  const [nothing] = walked.execution[index]?.nothings ?? []
  if (isDeepStrictEqual(theirs, ours)) return { subject, result, ...(nothing && { offence: nothing }) }
  return { subject, result, offence: `${JSON.stringify(theirs)}, in the tests ${JSON.stringify(ours)}` }
}

/** Where n8n ended, what Omar was told, and what stands on the server afterwards. */
export async function outcomeFindings(real: Side, walked: Side): Promise<readonly Finding[]> {
  const { endsAt, told = '' } = real.case
  const end = real.execution.at(-1)?.node ?? 'nothing'
  const alerts = real.office.alerts.map((alert) => maskText(alert, real.office))
  const isTold = told === '' ? alerts.length === 0 : alerts.length === 1 && alerts[0]?.includes(told)
  const isSame = isDeepStrictEqual(await comparableState(real), await comparableState(walked))
  return [
    toFinding('ends at', end, end === endsAt),
    toFinding('tells', alerts.join('; ').replaceAll('\n', ' ') || 'nobody', isTold === true),
    toFinding('leaves', 'draft, release and file as the tests do', isSame),
  ]
}

function toFinding(subject: string, result: string, isRight: boolean): Finding {
  return { subject: `→ ${subject}`, result, ...(!isRight && { offence: `not so: ${result}` }) }
}

async function comparableState({ office }: Side) {
  const { draft, release, file } = await stateOf(office, { clientId: 'cursor', profileId: 'work' })
  return { draft: draft.payload, release, file: file && maskText(file, office) }
}

function typeOf({ nodes }: Workflow, name: string): string {
  return nodes.find((each) => each.name === name)?.type.replace('n8n-nodes-base.', '') ?? ''
}

/** What came back for requests, which way it went at a fork, else how many items left. */
function inShort({ outputs }: NodeRun, type: string): string {
  const items = outputs.flat()
  if (type === 'if') return outputs[0]?.length ? 'yes' : 'no'
  if (type === 'httpRequest')
    return items.map(({ json }) => ('error' in json ? 'failed' : (json.statusCode ?? 'sent'))).join(', ')
  const { length } = type === 'filter' ? (outputs[0] ?? []) : items
  return length === 1 ? '1 item' : `${length} items`
}

function toComparable({ execution, office }: Side, index: number): NodeRun | undefined {
  const run = execution[index]
  if (!run) return undefined
  const last = run.outputs.findLastIndex((output) => output.length > 0)
  const outputs = run.outputs.slice(0, last + 1)
  return {
    node: run.node,
    outputs: outputs.map((output) => output.map(({ json }) => ({ json: mask(json, office) as JsonObject }))),
  }
}

/** What differs from one server to another, or from one moment to another. */
const volatile =
  /^(request_id|revision|signature|signing_key_id|envelope|public_jwk|public_key_path|deployed_by|etag)$/
const time = /\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d\.\d{3}Z/g
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

function mask(value: JsonValue, office: Office): JsonValue {
  if (typeof value === 'string') return maskText(value, office)
  if (Array.isArray(value)) return value.map((each) => mask(each, office))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([name, member]) => maskMember(name, member, office))
  return Object.fromEntries(members)
}

function maskMember(name: string, value: JsonValue, office: Office): [string, JsonValue][] {
  // The tests' walk has no words for a status, and n8n's error has a stack, where it isn't a mere text.
  if (name === 'statusMessage') return []
  if (name === 'error' && typeof value === 'object')
    return [[name, { message: mask((value as JsonObject).message ?? null, office) }]]
  if (name === 'headers') return [[name, headerNames(value as JsonObject)]]
  return [[name, volatile.test(name) ? `<${name}>` : mask(value, office)]]
}

/** Without those of the connection, which are the HTTP client's affair. */
function headerNames(headers: JsonObject): string[] {
  const ofConnection = ['connection', 'keep-alive', 'date', 'transfer-encoding']
  return Object.keys(headers)
    .filter((name) => !ofConnection.includes(name))
    .toSorted()
}

function maskText(text: string, { url, alertUrl, orchestrator }: Office): string {
  return text
    .replaceAll(url, '<url>')
    .replaceAll(alertUrl, '<alert_url>')
    .replaceAll(orchestrator.home.replace(/[/\\]\.mcp-orchestration$/, ''), '<home>')
    .replaceAll(time, '<time>')
    .replaceAll(uuid, '<uuid>')
}
