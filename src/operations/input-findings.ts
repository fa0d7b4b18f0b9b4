import type { TLocalizedValidationError as ValidationError } from 'typebox/error'
import type { Finding } from '../errors.ts'
import { fromPointer, type Members, quote, toPointer } from '../json.ts'

/** Fields whose values may be secrets, an id where a token was pasted: a message about them never repeats the value. */
const confidential = /^\/(?:env_vars|params|local_payload|token_id)(?:\/|$)/

/** A schema's complaints as findings, each at a JSON Pointer into the input. */
export function toFindings(errors: readonly ValidationError[], input: unknown): readonly Finding[] {
  const findings = withoutForeignBranches(errors).flatMap((error) => findingsOf(error, input))
  return [...new Map(findings.map((finding) => [`${finding.pointer} ${finding.code}`, finding])).values()]
}

/** Texts that no UTF-8 can hold: a JSON `\\ud800` without its other half. They could be stored, but never signed. */
export function illFormedTexts(input: unknown, pointer = ''): readonly Finding[] {
  if (typeof input === 'string' && !input.isWellFormed()) return [illFormed(pointer)]
  if (!isContainer(input)) return []
  return Object.entries(input).flatMap(([name, value]) =>
    name.isWellFormed() ? illFormedTexts(value, pointer + toPointer(name)) : [illFormed(pointer)],
  )
}

function illFormed(pointer: string): Finding {
  const message = `${subject(pointer)} holds half of a surrogate pair, which is no character.`
  return { code: 'invalid_value', pointer, message }
}

/**
 * Of a choice the complaints of the branch that was meant, which is the only one whose constants fit; where that can't be told, only
 * that no branch fits.
 */
function withoutForeignBranches(errors: readonly ValidationError[]): readonly ValidationError[] {
  const telling = errors.filter(({ keyword }) => keyword !== 'boolean')
  const choices = telling.filter(({ keyword }) => keyword === 'anyOf')
  return choices.reduce(withoutChoice, telling)
}

function withoutChoice(
  errors: readonly ValidationError[],
  choice: ValidationError,
): readonly ValidationError[] {
  const within = (error: ValidationError) =>
    error.schemaPath.startsWith(`${choice.schemaPath}/anyOf/`) &&
    error.instancePath.startsWith(choice.instancePath)
  const branches = Object.values(
    Object.groupBy(errors.filter(within), ({ schemaPath }) => branchOf(schemaPath, choice)),
  )
  const meant = branches.filter((branch) =>
    branch?.every(({ keyword }) => keyword !== 'const' && keyword !== 'enum'),
  )
  const [only, ...others] = meant
  const isClear =
    only !== undefined &&
    others.length === 0 &&
    only.every((error) => error.instancePath !== choice.instancePath || error.keyword !== 'type')
  return errors.filter((error) =>
    isClear ? error !== choice && (!within(error) || only.includes(error)) : !within(error),
  )
}

function branchOf(schemaPath: string, choice: ValidationError): string {
  return schemaPath.slice(`${choice.schemaPath}/anyOf/`.length).split('/')[0] ?? ''
}

function findingsOf(error: ValidationError, input: unknown): Finding[] {
  const { instancePath: at } = error
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => missing(at + toPointer(name), name))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => unknown(at, name))
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

function unknown(parent: string, name: string): Finding {
  return {
    code: 'unknown_field',
    pointer: parent + toPointer(name),
    message: `${quote(name)} is not a field here.`,
  }
}

function invalid(pointer: string, rule: string, input: unknown): Finding {
  return { code: 'invalid_value', pointer, message: `${subject(pointer)} ${rule}${given(pointer, input)}.` }
}

function subject(pointer: string): string {
  return pointer === '' ? 'The input' : `"${fromPointer(pointer).join('/')}"`
}

function given(pointer: string, input: unknown): string {
  if (pointer === '' || confidential.test(pointer)) return ''
  const value = valueAt(input, pointer)
  return typeof value === 'object' && value !== null ? '' : `, not ${quote(value)}`
}

function valueAt(input: unknown, pointer: string): unknown {
  return fromPointer(pointer).reduce<unknown>(
    (value, step) => (isContainer(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    input,
  )
}

/** An object, or an array, whose steps are its indices. */
function isContainer(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}
