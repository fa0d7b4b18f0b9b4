import { operations } from '../operations/operations.ts'
import { type Selector, toolTable } from './tool-table.ts'

/**
 * Sentences of the operations name operations, as `describe_server`; an agent knows tools. So an operation that has no tool of its own
 * name becomes the call that reaches it: `list_available_servers with server_id`.
 */
export function inToolWords(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => toolCalls.get(word) ?? word)
}

/** How a sentence names the argument that chooses a tool's second operation. */
export function selectorWords(selector: Selector): string {
  return selector.kind === 'presence'
    ? selector.argument
    : `${selector.argument}: ${JSON.stringify(selector.value)}`
}

const toolCalls: ReadonlyMap<string, string> = new Map(
  toolTable.flatMap(({ name, selector }) =>
    selector
      ? secondOperationsOf(name).map((id) => [id, `${name} with ${selectorWords(selector)}`] as const)
      : [],
  ),
)

function secondOperationsOf(toolName: string): readonly string[] {
  return operations.filter(({ id, tool }) => tool === toolName && id !== toolName).map(({ id }) => id)
}
