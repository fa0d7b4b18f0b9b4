import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Operation, OperationContext } from '../../operations/operation.ts'

/** A request for an operation, with its reply. */
export interface Exchange {
  readonly operation: Operation
  readonly context: OperationContext
  readonly input: Readonly<Record<string, unknown>>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}
