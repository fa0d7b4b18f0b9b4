import type { CallToolResult } from '@modelcontextprotocol/server'
import { isFault, type Problem, toProblem } from '../errors.ts'
import { callOperation, type OperationContext } from '../operations/operation.ts'
import type { JsonObject } from '../vocabulary.ts'
import { type Arguments, toCall } from './tool-input.ts'
import { inToolWords } from './tool-words.ts'
import type { Tool } from './tools.ts'

/** Where a failed tool result carries its problem (RFC 9457's members without those of HTTP). */
export const problemMetaKey = 'mcp-orchestration/problem'

/** Tells the log of a failure whose reason the caller may not see; `what` is the tool or the method that failed. */
export type FaultListener = (error: unknown, what: string) => void

/** Calls a tool. Never throws: the SDK would send a thrown error's own message to the client. */
export async function callTool(
  tool: Tool,
  context: OperationContext,
  given: Arguments,
  onFault: FaultListener,
): Promise<CallToolResult> {
  try {
    const { operation, input, ...expectation } = toCall(tool, given)
    const answer = await callOperation(operation, { ...context, ...expectation }, input)
    return succeeded(tool.variant ? { operation: operation.id, ...answer } : answer)
  } catch (error) {
    const problem = toProblem(error)
    if (isFault(problem.code)) onFault(error, tool.name)
    return failed(inWordsOfTools(problem))
  }
}

/** Whether what these arguments ask for is a read whose answer may be kept. */
export function isKeepable(tool: Tool, given: Arguments): boolean {
  try {
    return toCall(tool, given).operation.keepable === true
  } catch {
    return false
  }
}

function succeeded(answer: JsonObject): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: { ...answer } }
}

/**
 * Its members are in the order that the SDK would bring them into. Without structuredContent: v1 clients hold it against the tool's output
 * schema even when `isError` is set.
 */
function failed(problem: Problem): CallToolResult {
  return {
    _meta: { [problemMetaKey]: problem },
    content: [{ type: 'text', text: JSON.stringify(problem) }],
    isError: true,
  }
}

function inWordsOfTools(problem: Problem): Problem {
  const errors = problem.errors?.map((error) => ({ ...error, message: inToolWords(error.message) }))
  return { ...problem, detail: inToolWords(problem.detail), ...(errors && { errors }) }
}
