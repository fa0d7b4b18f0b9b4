import type { Static, TObject } from 'typebox'
import type { Validator } from 'typebox/schema'
import { type ErrorCode, invalidRequest, OrchestrationError } from '../errors.ts'
import type { AuditNotes, DoorName, Orchestrator } from '../orchestrator.ts'
import type { JsonObject, Limits, Scope } from '../vocabulary.ts'
import { auditRefusal, isChange, toChange } from './audited.ts'
import { illFormedTexts, toFindings } from './input-findings.ts'
import { refuseBeyondLimits } from './limits.ts'
import { createValidator } from './validator.ts'

export { pathParameters } from './path.ts'

/** Who asks: a token's id, or the door itself (`api_key`, `stdio`, `cli`, `library`), and what it may do. */
export interface Principal {
  readonly id: string
  readonly scopes: readonly Scope[]
  /** The clients and profiles to which it is limited. Default: none. */
  readonly limits?: Limits | null
  /** When it ends (ISO 8601): nothing that it makes may outlive it. Default: never. */
  readonly expiresAt?: string | null
}

/** What an operation acts on, and for whom. */
export interface OperationContext {
  readonly orchestrator: Orchestrator
  readonly principal: Principal
  /** The draft must still have this revision, else `precondition_failed`. */
  readonly expectedRevision?: number
  /** The latest release must still be this one, else `precondition_failed`. */
  readonly expectedSequence?: number
  /** By which way the call came in, for the audit log. Default: `library`. */
  readonly door?: DoorName
  /** Under which the log of the door has the call. Default: none. */
  readonly requestId?: string | null
  /** Takes down what only the handler knows of the change that it makes. `callOperation` gives it to the handlers of changes. */
  readonly note?: (notes: AuditNotes) => void
}

/** One thing one can do, as data; every door is derived from it. */
export interface Operation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With its parameters in braces: `/v1/clients/{client_id}/profiles`. */
  readonly path: string
  /** The MCP tool that answers it; null where agents have none. */
  readonly tool: string | null
  readonly scope: Scope
  readonly summary: string
  readonly description: string
  /** Closed; path, query and body fields together. */
  readonly input: TObject
  readonly output: TObject
  /** What it can fail with, besides the errors that every operation shares. */
  readonly errors: readonly ErrorCode[]
  /** The read whose answer must still be the same for a change that is made on a condition; without one, there is no such condition. */
  readonly guardedBy?: GuardId
  /** Whether a request that says by a key that it is the same one again is answered as at first, and nothing is done twice. */
  readonly takesIdempotencyKey?: true
  /** A read whose answer is made of nothing but what an epoch covers, so that it may be kept for as long as the epoch lasts. */
  readonly keepable?: true
  /** Of `input`. */
  readonly validator: () => Promise<Validator>
  /** `insufficient_scope` where the input asks for more than `scope` allows; part of the check before anything begins. */
  authorize?(principal: Principal, input: unknown): void
  /** Takes what the validator let through: call it by `callOperation`. */
  handler(context: OperationContext, input: unknown): Promise<object>
}

/** The reads that show what changes are decided by. */
export type GuardId = 'view_draft_config' | 'get_config'

export interface OperationDefinition<Input extends TObject, Output extends TObject>
  extends Omit<Operation, 'input' | 'output' | 'validator' | 'authorize' | 'handler'> {
  readonly input: Input
  readonly output: Output
  readonly authorize?: (principal: Principal, input: Static<Input>) => void
  readonly handler: (context: OperationContext, input: Static<Input>) => Promise<DeepReadonly<Static<Output>>>
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

/** What any operation can fail with. */
export const sharedErrors = [
  'invalid_request',
  'insufficient_scope',
  'store_unavailable',
  'internal_error',
] as const satisfies readonly ErrorCode[]

export function defineOperation<Input extends TObject, Output extends TObject>(
  definition: OperationDefinition<Input, Output>,
): Operation {
  return { ...definition, validator: createValidator(definition.input) }
}

/**
 * The one way into an operation, for every door: `insufficient_scope`, then `invalid_request` with a finding for each field that the
 * schema refuses, then `insufficient_scope` for a client or profile beyond the principal's limits or what else the input asks for too
 * much, then the handler with what it may throw. A change is announced in the audit log before it happens, and what came of it stands
 * there before it is answered.
 */
export async function callOperation(
  operation: Operation,
  context: OperationContext,
  input: unknown,
): Promise<JsonObject> {
  await checkCall(operation, context, input)
  return (await handle(operation, context, input)) as JsonObject
}

/** All that `callOperation` refuses before anything is begun, for a door that has something to do in between. */
export async function checkCall(
  operation: Operation,
  context: OperationContext,
  input: unknown,
): Promise<void> {
  try {
    requireScopes(operation, context.principal, isConditional(context))
    await checkInput(operation, input)
    refuseBeyondLimits(context.principal, operation.scope, input)
    operation.authorize?.(context.principal, input)
  } catch (error) {
    await auditRefusal(operation, context, input, error)
    throw error
  }
}

function isConditional({ expectedRevision, expectedSequence }: OperationContext): boolean {
  return expectedRevision !== undefined || expectedSequence !== undefined
}

function handle(operation: Operation, context: OperationContext, input: unknown): Promise<object> {
  const { handler } = operation
  if (!isChange(operation, input)) return handler(context, input)
  const change = toChange(operation, context, input)
  return context.orchestrator.audit.track(change, (note) => handler({ ...context, note }, input))
}

/** `invalid_request` with a finding for each field that the schema refuses. */
async function checkInput(operation: Operation, input: unknown): Promise<void> {
  const validator = await operation.validator()
  if (!validator.Check(input)) throw invalidRequest(toFindings(validator.Errors(input)[1], input))
  const illFormed = illFormedTexts(input)
  if (illFormed.length > 0) throw invalidRequest(illFormed)
}

/** What the draft must still be, as the domain takes it. */
export function toExpectation({ expectedRevision }: OperationContext): {
  readonly expectedRevision?: number
} {
  return expectedRevision === undefined ? {} : { expectedRevision }
}

/** `insufficient_scope` for want of the operation's scope, or of `read` on a condition: to be told whether one is right is to read. */
export function requireScopes({ scope }: Operation, principal: Principal, isConditional: boolean): void {
  requireScope(principal, scope)
  if (isConditional) requireScope(principal, 'read')
}

/** `insufficient_scope` unless the principal has the scope, or `admin`, which implies all. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (hasScope(principal, scope)) return
  throw new OrchestrationError(
    'insufficient_scope',
    `This needs the scope "${scope}"; the credential has ${principal.scopes.join(', ') || 'none'}.`,
    { requiredScope: scope },
  )
}

export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes(scope) || principal.scopes.includes('admin')
}
