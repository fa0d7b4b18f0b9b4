import { type Finding, OrchestrationError } from '../../errors.ts'
import type { Operation } from '../../operations/operation.ts'

type InputSchema = Operation['input']

/**
 * The fields of a query string. Strict where the usual parsers mend or choose: broken percent encoding and a parameter given twice
 * are refused.
 */
export function parseQuery(url: string): ReadonlyMap<string, string> {
  const start = url.indexOf('?')
  const fields = new Map<string, string>()
  if (start === -1) return fields
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue
    const [name = '', ...value] = part.split('=')
    addField(fields, decode(name), decode(value.join('=')))
  }
  return fields
}

/** Text as what the schema of that name asks for; what doesn't fit stays text, and the schema will say so. */
export function decodeField(schema: InputSchema, name: string, text: string): unknown {
  const type = typeOf(schema, name)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if ((type === 'integer' || type === 'number') && /^-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?$/.test(text))
    return Number(text)
  return text
}

function typeOf({ properties }: InputSchema, name: string): unknown {
  const property: unknown = Object.hasOwn(properties, name) ? properties[name] : undefined
  return typeof property === 'object' && property !== null && 'type' in property ? property.type : undefined
}

function addField(fields: Map<string, string>, name: string, value: string): void {
  if (fields.has(name))
    throw refused({ code: 'repeated', pointer: toPointer(name), message: `"${name}" is given twice.` })
  fields.set(name, value)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    const message = 'The query string is not valid: its percent encoding must be of UTF-8.'
    throw new OrchestrationError('invalid_request', message, { cause })
  }
}

/** RFC 6901, section 3. */
export function toPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function refused(...errors: readonly Finding[]): OrchestrationError {
  return new OrchestrationError('invalid_request', errors.map(({ message }) => message).join(' '), { errors })
}
