import type { CallToolResult } from '@modelcontextprotocol/server'
import { type Finding, OrchestrationError, type Problem, toProblem } from '../errors.ts'
import { callOperation, type Operation, type OperationContext } from '../operations/operation.ts'
import type { JsonObject } from '../vocabulary.ts'
import { type FaultListener, isForTheLog } from './faults.ts'
import { isAboutProfile, isObjectInput, profileDefaults } from './tool-schemas.ts'
import { inToolWords, selectorWords } from './tool-words.ts'
import { operationsOf, type Tool } from './tools.ts'

/** Where a failed tool result carries its problem (RFC 9457 members without those of HTTP). */
export const problemMetaKey = 'mcp-orchestration/problem'

type Arguments = Readonly<Record<string, unknown>>

/** Calls a tool. Never throws: the SDK would send a thrown error's own message to the client. */
export async function callTool(
  tool: Tool,
  context: OperationContext,
  given: Arguments,
  onFault: FaultListener,
): Promise<CallToolResult> {
  try {
    const operation = chooseOperation(tool, given)
    refuseForeignArguments(tool, operation, given)
    const answer = await callOperation(
      operation,
      withRevision(tool, context, given),
      toInput(tool, operation, given),
    )
    return succeeded(tool.variant ? { operation: operation.id, ...answer } : answer)
  } catch (error) {
    const problem = toProblem(error)
    if (isForTheLog(problem.code)) onFault(error, tool.name)
    return failed(inWordsOfTools(problem))
  }
}

function succeeded(answer: JsonObject): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: { ...answer } }
}

/** Without structuredContent: v1 clients hold it against the tool's output schema even when `isError` is set. */
function failed(problem: Problem): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: JSON.stringify(problem) }],
    _meta: { [problemMetaKey]: problem },
  }
}

function inWordsOfTools(problem: Problem): Problem {
  const errors = problem.errors?.map((error) => ({ ...error, message: inToolWords(error.message) }))
  return { ...problem, detail: inToolWords(problem.detail), ...(errors && { errors }) }
}

function chooseOperation({ operation, variant }: Tool, given: Arguments): Operation {
  if (!variant) return operation
  const { selector } = variant
  const value = given[selector.argument]
  if (selector.kind === 'presence') return value === undefined ? operation : variant.operation
  if (value === undefined || value === selector.otherwise) return operation
  if (value === selector.value) return variant.operation
  const allowed = [selector.otherwise, selector.value].map((one) => JSON.stringify(one)).join(' or ')
  throw refused([finding(selector.argument, 'invalid_value', `${selector.argument} must be ${allowed}.`)])
}

/** Arguments that this tool knows, but not in this combination. What it doesn't know at all, the operation refuses. */
function refuseForeignArguments(tool: Tool, operation: Operation, given: Arguments): void {
  const others = operationsOf(tool).filter((other) => other !== operation)
  const foreign = Object.keys(given).filter(
    (name) =>
      !Object.hasOwn(operation.input.properties, name) &&
      others.some((other) => Object.hasOwn(other.input.properties, name)),
  )
  if (foreign.length > 0) throw refused(foreign.map((name) => contradiction(tool, operation, name)))
  if (
    operation === tool.variant?.operation &&
    tool.takesExpectedRevision &&
    given.expected_revision === undefined
  )
    throw refused([missingRevision(tool)])
}

function contradiction({ variant }: Tool, operation: Operation, name: string): Finding {
  const selector = variant ? selectorWords(variant.selector) : ''
  const message =
    operation === variant?.operation
      ? `${name} does not go with ${selector}; leave one of them out.`
      : `${name} goes only with ${selector}; add that or leave ${name} out.`
  return finding(name, 'contradiction', message)
}

function missingRevision({ variant }: Tool): Finding {
  const selector = variant ? selectorWords(variant.selector) : ''
  const message = `${selector} needs expected_revision, the revision of the draft as get_config with stage: "draft" shows it.`
  return finding('expected_revision', 'required', message)
}

function withRevision(tool: Tool, context: OperationContext, given: Arguments): OperationContext {
  const { expected_revision: revision } = given
  if (!tool.takesExpectedRevision || revision === undefined) return context
  if (Number.isSafeInteger(revision) && (revision as number) >= 0)
    return { ...context, expectedRevision: revision as number }
  throw refused([
    finding('expected_revision', 'invalid_value', 'expected_revision must be a whole number from 0 on.'),
  ])
}

/** The operation's input: defaults filled in, JSON text decoded, the tool's own arguments taken out. */
function toInput(tool: Tool, operation: Operation, given: Arguments): Record<string, unknown> {
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
    throw refused([
      finding(name, 'invalid_json', `${name} is a string that is not JSON; give an object or its JSON text.`),
    ])
  }
}

function finding(argument: string, code: string, message: string): Finding {
  return { code, pointer: `/${argument}`, message }
}

function refused(errors: readonly Finding[]): OrchestrationError {
  return new OrchestrationError('invalid_request', errors.map(({ message }) => message).join(' '), { errors })
}
