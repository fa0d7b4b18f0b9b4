import type { ErrorCode } from '../../../src/errors.ts'
import { toOpenApi } from '../../../src/http/docs/openapi.ts'
import { eventsDescription } from '../../../src/http/docs/openapi-events.ts'
import { statuses } from '../../../src/http/problems/problems.ts'
import { adminOperations, operations } from '../../../src/operations/operations.ts'

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
}

interface Reference {
  readonly $ref: string
}

interface Described {
  readonly description: string
}

interface Answer {
  readonly $ref?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, unknown>> }>>
}

export interface PathItem {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly [string]
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly responses: Readonly<Record<string, Answer>>
}

/** What of the OpenAPI document is read here. */
export interface Document {
  readonly info: { readonly description: string }
  readonly tags: readonly ({ readonly name: string } & Described)[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, PathItem>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Described>>
    readonly responses: Readonly<Record<string, Answer>>
    readonly headers: Readonly<Record<string, Described>>
    readonly schemas: Readonly<
      Record<'Problem' | 'Finding', { readonly properties: Readonly<Record<string, object>> }>
    >
    readonly parameters: Readonly<Record<string, Parameter>>
  }
}

export function readDocument(): Document {
  return JSON.parse(JSON.stringify(toOpenApi([...operations, ...adminOperations], eventsDescription)))
}

/** In the order of the table of statuses. */
export function codesOf({ responses }: PathItem, { components }: Document): readonly ErrorCode[] {
  const told = Object.values(responses).flatMap((answer) => {
    const { content = {} } = answer.$ref ? (components.responses[nameOf(answer.$ref)] ?? {}) : answer
    return Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples))
  })
  return (Object.keys(statuses) as ErrorCode[]).filter((each) => told.includes(each))
}

export function resolve(parameter: Parameter | Reference, { components }: Document): Parameter {
  if (!('$ref' in parameter)) return parameter
  const found = components.parameters[nameOf(parameter.$ref)]
  if (!found) throw new Error(`The OpenAPI document has no ${parameter.$ref}.`)
  return found
}

/** The last step of a reference. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}
