import type { JsonObject } from '../../vocabulary.ts'

/** One call of an operation and what comes of it. */
export interface OperationExample {
  readonly input: JsonObject
  readonly output: JsonObject
}
