import { type Finding, type FindingCode, invalidRequest } from '../errors.ts'
import type { Operation } from '../operations/operation.ts'
import { isAboutProfile, isObjectInput, profileDefaults } from './tool-schemas.ts'
import { selectorWords } from './tool-words.ts'
import type { Tool } from './tools.ts'

/** A tool's arguments as an agent gave them; nothing about them is known yet. */
export type Arguments = Readonly<Record<string, unknown>>

/** What a tool's arguments ask for. */
export interface Call {
  readonly operation: Operation
  /** For the operation to validate. */
  readonly input: Arguments
  readonly expectedRevision?: number
}

/** Which operation is meant, and with which input. Throws `invalid_request` for arguments that contradict each other. */
export function toCall(tool: Tool, given: Arguments): Call {
  const operation = chooseOperation(tool, given)
  refuseContradictions(tool, operation, given)
  return {
    operation,
    input: toInput(tool, operation, given),
    ...(tool.takesExpectedRevision && toExpectation(tool, operation, given)),
  }
}

function chooseOperation({ operation, variant }: Tool, given: Arguments): Operation {
  if (!variant) return operation
  const { selector } = variant
  const value = given[selector.argument]
  if (selector.kind === 'presence') return value === undefined ? operation : variant.operation
  if (value === undefined || value === selector.otherwise) return operation
  if (value === selector.value) return variant.operation
  const allowed = [selector.otherwise, selector.value].map((one) => JSON.stringify(one)).join(' or ')
  throw invalidRequest([
    finding(selector.argument, 'invalid_value', `${selector.argument} must be ${allowed}.`),
  ])
}

/** Arguments that the tool knows, but not in this combination. What it doesn't know at all, the operation refuses. */
function refuseContradictions({ operation: main, variant }: Tool, chosen: Operation, given: Arguments): void {
  if (!variant) return
  const other = chosen === main ? variant.operation : main
  const foreign = Object.keys(given).filter((name) => takes(other, name) && !takes(chosen, name))
  if (foreign.length === 0) return
  const selector = selectorWords(variant.selector)
  const complaint = (name: string) =>
    chosen === main
      ? `${name} goes only with ${selector}; add that or leave ${name} out.`
      : `${name} does not go with ${selector}; leave one of them out.`
  throw invalidRequest(foreign.map((name) => finding(name, 'contradiction', complaint(name))))
}

function takes(operation: Operation, name: string): boolean {
  return Object.hasOwn(operation.input.properties, name)
}

/** The second operation takes away more than the first, so it must be told what it is expected to take away. */
function toExpectation(
  { variant }: Tool,
  chosen: Operation,
  given: Arguments,
): Pick<Call, 'expectedRevision'> {
  const { expected_revision: revision } = given
  if (isRevision(revision)) return { expectedRevision: revision }
  if (revision !== undefined)
    throw invalidRequest([
      finding('expected_revision', 'invalid_value', 'expected_revision must be a whole number from 0 on.'),
    ])
  if (chosen !== variant?.operation) return {}
  const needed = `${selectorWords(variant.selector)} needs expected_revision`
  throw invalidRequest([
    finding('expected_revision', 'required', `${needed}; get_config with stage: "draft" shows it.`),
  ])
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** Defaults filled in, JSON text decoded, the tool's own arguments taken out. */
function toInput(tool: Tool, operation: Operation, given: Arguments): Arguments {
  const own = ownArguments(tool)
  const filled = isAboutProfile(operation) ? { ...profileDefaults, ...given } : given
  return Object.fromEntries(
    Object.entries(filled)
      .filter(([name]) => !own.has(name))
      .map(([name, value]) => [name, isObjectInput(operation, name) ? decode(name, value) : value]),
  )
}

function ownArguments({ variant, takesExpectedRevision }: Tool): ReadonlySet<string> {
  const selector = variant?.selector.kind === 'value' ? [variant.selector.argument] : []
  return new Set(takesExpectedRevision ? [...selector, 'expected_revision'] : selector)
}

function decode(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw invalidRequest([
      finding(name, 'invalid_json', `${name} is a string that is not JSON; give an object or its JSON text.`),
    ])
  }
}

function finding(argument: string, code: FindingCode, message: string): Finding {
  return { code, pointer: `/${argument}`, message }
}
