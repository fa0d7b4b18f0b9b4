import assert from 'node:assert/strict'
import type { JsonObject } from '../../src/index.ts'
import { type Door, type Failure, type Input, operationOf, Refusal } from './door.ts'

/** What clients of either line of the SDK answer. */
export interface ToolResult {
  readonly isError?: boolean | undefined
  readonly content?: unknown
  readonly structuredContent?: unknown
  readonly _meta?: Readonly<Record<string, unknown>> | undefined
}

export type CallTool = (name: string, args: Input) => Promise<ToolResult>

const problemMetaKey = 'mcp-orchestration/problem'

/** The operations through an agent's eyes: ten tools, of which some answer two of them. */
export function callByTool(callTool: CallTool): Door['call'] {
  async function call(id: string, input: Input): Promise<JsonObject> {
    const args = { ...input, ...(await selectors[id]?.(input)) }
    return toAnswer(id, await callTool(operationOf(id).tool ?? '', args))
  }

  /** How a tool is asked for its second answer, where the input alone doesn't tell. */
  const selectors: Readonly<Record<string, (input: Input) => Promise<Input>>> = {
    view_draft_config: async () => ({ stage: 'draft' }),
    clear_draft_config: async (input) => {
      const { revision } = await call('view_draft_config', input)
      return { all: true, expected_revision: revision }
    },
  }

  return call
}

function toAnswer(id: string, { isError, structuredContent, content, _meta }: ToolResult): JsonObject {
  if (isError) throw toRefusal(_meta?.[problemMetaKey], content)
  assert.ok(structuredContent, `${id}: no structured content in ${JSON.stringify(content)}`)
  const { operation = id, ...answer } = structuredContent as JsonObject
  assert.equal(operation, id)
  return answer
}

function toRefusal(problem: unknown, content: unknown): Error {
  return problem
    ? new Refusal(problem as Failure)
    : new Error(`No problem came along: ${JSON.stringify(content)}`)
}
