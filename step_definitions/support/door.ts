import assert from 'node:assert/strict'
import {
  type ErrorCode,
  type Finding,
  getOperation,
  type JsonObject,
  type Operation,
} from '../../src/index.ts'
import type { Sandbox } from './sandbox.ts'

/** One way into the orchestrator. What a scenario of the domain says must hold whichever it is. */
export interface Door {
  /** The answer, as the operation's output schema has it; what is refused is thrown as a `Refusal`. */
  call(operationId: string, input: Input): Promise<JsonObject>
  close(): Promise<void>
}

/** What an operation takes, whatever a door makes a path, a query or an argument of. */
export type Input = Readonly<Record<string, unknown>>

/** Where the orchestrator behind a door keeps its state, and the environment in which it runs. */
export type Place = Pick<Sandbox, 'home' | 'env'>

/** What every door tells of a failure. */
export interface Failure {
  readonly code: ErrorCode
  readonly detail: string
  readonly errors?: readonly Finding[] | undefined
}

/** The one error of every door. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly findings: readonly Finding[]

  constructor({ code, detail, errors = [] }: Failure) {
    super(detail)
    this.name = 'Refusal'
    this.code = code
    this.findings = errors
  }
}

export function operationOf(id: string): Operation {
  const operation = getOperation(id)
  assert.ok(operation, `There is no operation "${id}".`)
  return operation
}
