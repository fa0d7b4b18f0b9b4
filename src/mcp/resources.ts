import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server'
import { type ErrorCode, isFault, type Problem, toProblem } from '../errors.ts'
import { type OperationContext, requireScope } from '../operations/operation.ts'
import { idPattern, type JsonObject } from '../vocabulary.ts'
import { type ResourceReader, resourceReaders, type Variables } from './resource-readers.ts'
import type { FaultListener } from './tool-call.ts'

const mimeType = 'application/json'

/** As `resources/list` shows them. */
export const resources: readonly Resource[] = resourceReaders
  .filter(({ uri }) => !isTemplate(uri))
  .map(({ read: _, ...listed }) => ({ ...listed, mimeType }))

/** As `resources/templates/list` shows them. */
export const resourceTemplates: readonly ResourceTemplateType[] = resourceReaders
  .filter(({ uri }) => isTemplate(uri))
  .map(({ read: _, uri, ...listed }) => ({ uriTemplate: uri, ...listed, mimeType }))

const matchers = resourceReaders.map((reader) => ({ reader, pattern: toPattern(reader.uri) }))

/** Reads a resource, or throws the protocol's own error: whatever is thrown reaches the client word for word. */
export async function readResource(
  context: OperationContext,
  uri: string,
  onFault: FaultListener,
): Promise<ReadResourceResult> {
  const found = findReader(uri)
  if (!found) throw new ResourceNotFoundError(uri)
  try {
    requireScope(context.principal, 'read')
    return toContents(uri, await found.reader.read(context, found.variables))
  } catch (error) {
    const problem = toProblem(error)
    if (isFault(problem.code)) onFault(error, 'resources/read')
    throw toProtocolError(uri, problem)
  }
}

function toContents(uri: string, answer: JsonObject): ReadResourceResult {
  return { contents: [{ uri, mimeType, text: JSON.stringify(answer) }] }
}

function isTemplate(uri: string): boolean {
  return uri.includes('{')
}

/** Only ids stand for a variable, as they are: nothing is decoded, so `%2e%2e` is no way around. */
function toPattern(uri: string): RegExp {
  const id = idPattern.slice(1, -1)
  return new RegExp(`^${uri.replace(/\{(\w+)\}/g, `(?<$1>${id})`)}$`)
}

function findReader(
  uri: string,
): { readonly reader: ResourceReader; readonly variables: Variables } | undefined {
  for (const { reader, pattern } of matchers) {
    const match = pattern.exec(uri)
    if (match) return { reader, variables: { ...match.groups } }
  }
  return undefined
}

const absent: ReadonlySet<ErrorCode> = new Set([
  'client_not_found',
  'profile_not_found',
  'nothing_published',
  'server_not_found',
  'artifact_not_found',
])

/**
 * "Not found" is -32602 with the URI as its only data (MCP 2026-07-28, server/resources). For the 2025 revisions, which knew it as
 * -32002, the SDK sends the same code.
 */
function toProtocolError(uri: string, problem: Problem): ProtocolError {
  if (absent.has(problem.code)) return new ResourceNotFoundError(uri, problem.detail)
  const denied = problem.code === 'insufficient_scope'
  const code = denied ? ProtocolErrorCode.InvalidRequest : ProtocolErrorCode.InternalError
  return new ProtocolError(code, problem.detail, { problem })
}
