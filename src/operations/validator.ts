import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/schema'
import { onceUnlessFailed } from '../shared-work.ts'

/** A schema's validator, made when it is first asked for: its compiler comes as 230 modules, and no start needs them. */
export function createValidator(schema: TSchema): () => Promise<Validator> {
  return onceUnlessFailed(() => compile(schema))
}

async function compile(schema: TSchema): Promise<Validator> {
  const { Compile } = await import('typebox/schema')
  return Compile(schema)
}
