import type { TSchema } from 'typebox'
import { toProblem } from '../errors.ts'
import { isObject } from '../json.ts'
import type { AuditedChange } from '../orchestrator.ts'
import type { Operation, OperationContext } from './operation.ts'
import { pathParameters } from './path.ts'

/** Whether a call changes anything if it succeeds; a dry run doesn't. */
export function isChange(operation: Operation, input: unknown): boolean {
  return changes(operation) && !(isObject(input) && input.dry_run === true)
}

function changes({ method, scope }: Operation): boolean {
  return method !== 'GET' && scope !== 'read'
}

export function toChange(operation: Operation, context: OperationContext, input: unknown): AuditedChange {
  const { principal, door = 'library', requestId = null } = context
  return {
    principal: principal.id,
    door,
    operation: operation.id,
    target: toTarget(operation, input),
    request_id: requestId,
  }
}

/**
 * Puts the refusal of a change for want of rights into the audit log: an attempt worth seeing, also where it would have been a dry run,
 * which a door that has not read the body yet can't know. Other refusals of a request that nothing came of, such as by the schema, are
 * none.
 */
export async function auditRefusal(
  operation: Operation,
  context: OperationContext,
  input: unknown,
  error: unknown,
): Promise<void> {
  const { code } = toProblem(error)
  if (code === 'insufficient_scope' && changes(operation))
    await context.orchestrator.audit.refused(toChange(operation, context, input), code)
}

/**
 * What the path's parameters name (`cursor/work`), else the collection that it leads to (`keys`). The input may not have been checked
 * yet, and a token may have been pasted in place of its id: what doesn't look like a name is left out.
 */
function toTarget(operation: Operation, input: unknown): string | null {
  const names = pathParameters(operation)
  if (names.length === 0) return operation.path.split('/').slice(2, 3).join()
  const { properties } = operation.input
  const values = names.map((name) => {
    const value = isObject(input) ? input[name] : undefined
    return isName(properties[name], value) ? value : undefined
  })
  return values.includes(undefined) ? null : values.join('/')
}

/** Only where a schema has a pattern does it say what can't be a secret. */
function isName(schema: TSchema | undefined, value: unknown): value is string {
  if (typeof value !== 'string' || schema === undefined || !('pattern' in schema)) return false
  return new RegExp(String(schema.pattern), 'u').test(value)
}
