import type { Static, TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { type ErrorCode, invalidRequest, OrchestrationError } from '../errors.ts'
import type { Orchestrator } from '../orchestrator.ts'
import type { JsonObject, Scope } from '../vocabulary.ts'
import { illFormedTexts, toFindings } from './input-findings.ts'

/** Who asks: a token's id, or the door itself (`api_key`, `stdio`, `cli`, `library`), and what it may do. */
export interface Principal {
  readonly id: string
  readonly scopes: readonly Scope[]
}

/** What an operation acts on, and for whom. */
export interface OperationContext {
  readonly orchestrator: Orchestrator
  readonly principal: Principal
  /** The draft must still have this revision, else `precondition_failed`. */
  readonly expectedRevision?: number
}

/** One thing one can do, as data; every door is derived from it. */
export interface Operation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With its parameters in braces: `/v1/clients/{client_id}/profiles`. */
  readonly path: string
  /** The MCP tool that answers it. */
  readonly tool: string
  readonly scope: Scope
  readonly summary: string
  readonly description: string
  /** Closed; path, query and body fields together. */
  readonly input: TObject
  readonly output: TObject
  /** What it can fail with, besides the errors that every operation shares. */
  readonly errors: readonly ErrorCode[]
  readonly validator: Validator
  /** Takes what the validator let through: call it by `callOperation`. */
  handler(context: OperationContext, input: unknown): Promise<object>
}

export interface OperationDefinition<Input extends TObject, Output extends TObject>
  extends Omit<Operation, 'input' | 'output' | 'validator' | 'handler'> {
  readonly input: Input
  readonly output: Output
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
  return { ...definition, validator: Compile(definition.input) }
}

/**
 * The one way into an operation, for every door: `insufficient_scope`, then `invalid_request` with a finding for each field that the
 * schema refuses, then the handler with what it may throw.
 */
export async function callOperation(
  operation: Operation,
  context: OperationContext,
  input: unknown,
): Promise<JsonObject> {
  const { scope, validator, handler } = operation
  requireScope(context.principal, scope)
  if (!validator.Check(input)) throw invalidRequest(toFindings(validator.Errors(input), input))
  const illFormed = illFormedTexts(input)
  if (illFormed.length > 0) throw invalidRequest(illFormed)
  return (await handler(context, input)) as JsonObject
}

/** `insufficient_scope` unless the principal has the scope, or `admin`, which implies all. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (hasScope(principal, scope)) return
  throw new OrchestrationError(
    'insufficient_scope',
    `This needs the scope "${scope}"; the credential has ${principal.scopes.join(', ') || 'none'}.`,
  )
}

export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes(scope) || principal.scopes.includes('admin')
}

/** The names in an operation's path, in order. */
export function pathParameters(operation: Pick<Operation, 'path'>): readonly string[] {
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}
