import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/schema'

/** A schema's validator, made when it is first asked for: its compiler comes as 230 modules, and no start needs them. */
export function createValidator(schema: TSchema): () => Promise<Validator> {
  let validator: Promise<Validator> | undefined
  // What could not be loaded once, say for want of file handles, may be the next time.
  const forget = (error: unknown) => {
    validator = undefined
    throw error
  }
  return () => (validator ??= compile(schema).catch(forget))
}

async function compile(schema: TSchema): Promise<Validator> {
  const { Compile } = await import('typebox/schema')
  return Compile(schema)
}
