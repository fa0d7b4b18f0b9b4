import type { TObject } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'
import type { Finding } from '../errors.ts'

/** Fields whose values may be secrets: a message about them never repeats the value. */
const confidential = /^\/(?:env_vars|params|local_payload)(?:\/|$)/

/** A schema's complaints as findings, each at a JSON Pointer into the input. */
export function toFindings(
  errors: readonly TLocalizedValidationError[],
  input: unknown,
  schema: TObject,
): readonly Finding[] {
  const findings = errors.filter(isTelling).flatMap((error) => findingsOf(error, input, schema))
  return [...new Map(findings.map((finding) => [`${finding.pointer} ${finding.code}`, finding])).values()]
}

/** Left out: what only repeats another error, and why each branch of a choice did not fit. */
function isTelling({ keyword, schemaPath }: TLocalizedValidationError): boolean {
  return keyword !== 'boolean' && !schemaPath.includes('/anyOf/')
}

function findingsOf(error: TLocalizedValidationError, input: unknown, schema: TObject): Finding[] {
  const at = error.instancePath
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => ({
      code: 'required',
      pointer: `${at}/${escape(name)}`,
      message: `"${name}" is missing.`,
    }))
  }
  if (error.keyword === 'additionalProperties') {
    return error.params.additionalProperties.map((name) => ({
      code: 'unknown_field',
      pointer: `${at}/${escape(name)}`,
      message: `${quote(name)} is not a field here${at ? '' : `; the fields are ${Object.keys(schema.properties).join(', ') || 'none'}`}.`,
    }))
  }
  return [
    {
      code: codeOf(error.keyword),
      pointer: at,
      message: `${subject(at)} ${error.message}${given(at, input)}.`,
    },
  ]
}

function codeOf(keyword: string): string {
  return keyword === 'type' ? 'wrong_type' : 'invalid_value'
}

function subject(pointer: string): string {
  return pointer === '' ? 'The input' : `"${pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')}"`
}

function given(pointer: string, input: unknown): string {
  if (pointer === '' || confidential.test(pointer)) return ''
  const value = valueAt(input, pointer)
  return typeof value === 'object' && value !== null ? '' : `, not ${quote(value)}`
}

function valueAt(input: unknown, pointer: string): unknown {
  const steps = pointer.slice(1).split('/').map(unescape)
  return steps.reduce<unknown>(
    (value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    input,
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** RFC 6901, section 3. */
function escape(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
