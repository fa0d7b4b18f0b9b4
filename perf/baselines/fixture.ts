import { readFileSync } from 'node:fs'
import { argv } from 'node:process'

/** What a baseline answers: it is given what ours answered, so that both send the same. */
export interface RoutesFixture {
  readonly routes: readonly AnsweredRoute[]
  /** The one token that the guarded baseline takes. */
  readonly token?: string
}

/** What a baseline says of answers that haven't changed. */
export interface UnchangedFixture {
  readonly routes: readonly Pick<AnsweredRoute, 'method' | 'url'>[]
  /** As ours sends them with a 304. */
  readonly headers: Readonly<Record<string, string>>
}

export interface AnsweredRoute {
  readonly method: 'GET' | 'POST'
  /** As Fastify has it: `/v1/config/:client_id/:profile_id`. */
  readonly url: string
  readonly schema: object
  readonly body: unknown
}

export interface ToolsFixture {
  /** As ours lists them. */
  readonly tools: readonly ToolFixture[]
  /** The `structuredContent` that each of them answers. */
  readonly answer: Readonly<Record<string, unknown>>
}

export interface ToolFixture {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly annotations: object
  readonly inputSchema: ObjectSchema
  readonly outputSchema: ObjectSchema
}

interface ObjectSchema {
  readonly [name: string]: unknown
  readonly type: 'object'
}

export const port = Number(argv[2])

export function readFixture<T>(): T {
  return JSON.parse(readFileSync(argv[3] ?? '', 'utf8'))
}
