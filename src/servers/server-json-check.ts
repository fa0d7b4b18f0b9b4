import { Ajv, type ErrorObject } from 'ajv'
import { quote } from '../json.ts'
import type { ServerJson } from './server-json.ts'
import { serverJsonSchema } from './server-json-schema.ts'

export type ServerJsonCheck = (value: unknown) => Checked
export type Checked =
  | { readonly ok: true; readonly json: ServerJson }
  | { readonly ok: false; readonly reason: string }

/** Compiles the schema, which takes tens of milliseconds: keep what you get. A reason says where a `server.json` is wrong. */
export function compileServerJsonCheck(): ServerJsonCheck {
  const ajv = new Ajv({ discriminator: true, formats: { 'web-url': isWebUrl, 'entry-text': isEntryText } })
  const validate = ajv.compile<ServerJson>(serverJsonSchema)
  return (value) =>
    validate(value) ? { ok: true, json: value } : { ok: false, reason: reasonOf(validate.errors?.[0]) }
}

function reasonOf(error: ErrorObject | undefined): string {
  const place = error?.instancePath || 'the top level'
  if (error?.keyword === 'additionalProperties') {
    return `${place} has the unknown field ${quote(error.params.additionalProperty)}`
  }
  if (error?.keyword === 'discriminator') return `${place} must have a type that may stand there`
  const allowed = error?.keyword === 'enum' ? `: ${error.params.allowedValues.join(', ')}` : ''
  return `${place} ${error?.message}${allowed}`
}

function isWebUrl(text: string): boolean {
  return isEntryText(text) && /^https?:\/\/\S+$/.test(text) && URL.canParse(text)
}

function isEntryText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
