import type { Tool as ListedTool } from '@modelcontextprotocol/server'
import { hasScope, type Operation, type Principal } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { inputSchema, outputSchema } from './tool-schemas.ts'
import { type Selector, type ToolRow, toolTable } from './tool-table.ts'

/** A tool with the operations that it answers. */
export interface Tool {
  readonly name: string
  readonly operation: Operation
  readonly variant?: { readonly operation: Operation; readonly selector: Selector }
  /** Whether it takes the revision that the draft must still have. */
  readonly takesExpectedRevision: boolean
  /** As `tools/list` shows it. */
  readonly listed: ListedTool
}

export const tools: readonly Tool[] = toolTable.map(toTool)

const toolsByName: ReadonlyMap<string, Tool> = new Map(tools.map((tool) => [tool.name, tool]))

export function findTool(name: string): Tool | undefined {
  return toolsByName.get(name)
}

/** The operations of a tool: one or two. */
export function operationsOf(tool: Pick<Tool, 'operation' | 'variant'>): readonly Operation[] {
  return tool.variant ? [tool.operation, tool.variant.operation] : [tool.operation]
}

/** The tools of which the principal may call an operation. */
export function toolsFor(principal: Principal): readonly Tool[] {
  return tools.filter((tool) => operationsOf(tool).some(({ scope }) => hasScope(principal, scope)))
}

function toTool(row: ToolRow): Tool {
  const { name, title, description, annotations } = row
  const { operation, variant } = operationsFor(row)
  const takesExpectedRevision = operation.guardedBy === 'view_draft_config'
  const answered = { operation, ...(variant && { variant }), takesExpectedRevision }
  return {
    name,
    ...answered,
    listed: {
      name,
      title,
      description,
      annotations: { title, ...annotations },
      inputSchema: inputSchema(answered),
      outputSchema: outputSchema(answered),
    },
  }
}

function operationsFor({ name, selector }: ToolRow): Pick<Tool, 'operation' | 'variant'> {
  const answered = operations.filter(({ tool }) => tool === name)
  const operation = answered.find(({ id }) => id === name)
  const second = answered.find(({ id }) => id !== name)
  if (!operation || !second !== !selector)
    throw new Error(`The tool ${name} and its operations don't fit together.`)
  return second && selector ? { operation, variant: { operation: second, selector } } : { operation }
}
