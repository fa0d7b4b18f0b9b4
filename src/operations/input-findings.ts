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

/** Texts that no UTF-8 can hold: a JSON `\\ud800` without its other half. They could be stored, but never signed. */
export function illFormedTexts(input: unknown, pointer = ''): readonly Finding[] {
  if (typeof input === 'string' && !input.isWellFormed()) return [illFormed(pointer)]
  if (!isObject(input)) return []
  return Object.entries(input).flatMap(([name, value]) =>
    name.isWellFormed() ? illFormedTexts(value, `${pointer}/${toStep(name)}`) : [illFormed(pointer)],
  )
}

function illFormed(pointer: string): Finding {
  const message = `${subject(pointer)} holds half of a surrogate pair, which is no character.`
  return { code: 'invalid_value', pointer, message }
}

/** Left out: what only repeats another error, and why each branch of a choice did not fit. */
function isTelling({ keyword, schemaPath }: TLocalizedValidationError): boolean {
  return keyword !== 'boolean' && !schemaPath.includes('/anyOf/')
}

function findingsOf(error: TLocalizedValidationError, input: unknown, schema: TObject): Finding[] {
  const { instancePath: at } = error
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => missing(`${at}/${toStep(name)}`, name))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => unknown(at, name, schema))
    case 'enum':
      return [invalid(at, `must be one of ${error.params.allowedValues.map(quote).join(', ')}`, input)]
    case 'type':
      return [
        {
          ...invalid(at, `must be of type ${[error.params.type].flat().join(' or ')}`, input),
          code: 'wrong_type',
        },
      ]
    default:
      return [invalid(at, error.message, input)]
  }
}

function missing(pointer: string, name: string): Finding {
  return { code: 'required', pointer, message: `"${name}" is missing.` }
}

function unknown(parent: string, name: string, schema: TObject): Finding {
  const fields = Object.keys(schema.properties).join(', ') || 'none'
  const known = parent === '' ? `; the fields are ${fields}` : ''
  return {
    code: 'unknown_field',
    pointer: `${parent}/${toStep(name)}`,
    message: `${quote(name)} is not a field here${known}.`,
  }
}

function invalid(pointer: string, rule: string, input: unknown): Finding {
  return { code: 'invalid_value', pointer, message: `${subject(pointer)} ${rule}${given(pointer, input)}.` }
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
  const steps = pointer.slice(1).split('/').map(fromStep)
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
function toStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

function fromStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
