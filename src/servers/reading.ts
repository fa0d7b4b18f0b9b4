import type { Finding } from '../errors.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { Asked } from './catalogue-server.ts'
import { isReference } from './given-value.ts'

/** Each parameter's texts: several for a repeatable one; a parameter without a value is not there. */
export type ParameterTexts = ReadonlyMap<string, readonly string[]>

/** What was given, read: the texts that stand in the entry by name, and what goes into the vault instead. */
export interface Reading<Text> {
  readonly texts: ReadonlyMap<string, Text>
  readonly secrets: ReadonlyMap<string, string>
  readonly errors: readonly Finding[]
}

/** Undefined if nothing was given, whatever an object inherits under that name. */
export function givenValue(given: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined
}

/** Whether a given text belongs into the vault: an empty one hides nothing, and a reference is no secret. */
export function isPlainSecret({ secret }: Asked, text: string): boolean {
  return secret && text !== '' && !isReference(text)
}
