import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { type ErrorCode, errorTitles, isFault } from '../../src/errors.ts'
import { toOpenApi } from '../../src/http/docs/openapi.ts'
import { eventsDescription } from '../../src/http/docs/openapi-events.ts'
import { operationExamples } from '../../src/http/docs/operation-examples.ts'
import { problemExamples } from '../../src/http/docs/problem-examples.ts'
import { statuses } from '../../src/http/problems/problems.ts'
import {
  callOperation,
  defineOperation,
  type Operation,
  pathParameters,
  sharedErrors,
} from '../../src/operations/operation.ts'
import { adminOperations, operations as ofProfiles } from '../../src/operations/operations.ts'
import { lintOpenApi } from '../support/openapi-lint.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

/** As much of a document as these tests look at. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly tags: readonly { readonly name: string }[]
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

interface DocumentedOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security: readonly object[]
  readonly parameters?: readonly DocumentedParameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, DocumentedResponse>>
}

interface DocumentedParameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly $ref?: string
}

type Content = Readonly<
  Record<string, { readonly schema: Schema; readonly example?: unknown; readonly examples?: object }>
>

interface Schema {
  readonly properties?: object
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

interface DocumentedResponse {
  readonly $ref?: string
  readonly headers: object
  readonly content: Content
}

const operations = [...ofProfiles, ...adminOperations]
const document = toOpenApi(operations) as unknown as Document
const ofEvery: readonly ErrorCode[] = [
  ...sharedErrors,
  'authentication_required',
  'invalid_credentials',
  'not_acceptable',
  'request_timeout',
  'uri_too_long',
  'rate_limited',
  'headers_too_large',
  'shutting_down',
]

describe('the OpenAPI document', () => {
  test('is clean under the recommended rules of Redocly', async () => {
    assert.deepEqual(await lintOpenApi(JSON.stringify(document)), [])
  })

  test('has the stream of events beside the operations, as clean', async () => {
    const whole = toOpenApi(operations, eventsDescription) as unknown as Document
    assert.deepEqual(await lintOpenApi(JSON.stringify(whole)), [])
    assert.deepEqual(Object.keys(whole.paths).slice(-1), ['/events'])
    const { get } = whole.paths['/events'] ?? {}
    assert.ok(get && whole.tags.some(({ name }) => name === get.tags[0]))
    assert.deepEqual(Object.keys(get.responses['200']?.content ?? {}), ['text/event-stream'])
    assert.deepEqual(codesOf(get.responses['503'] ?? assert.fail()), [
      'store_unavailable',
      'overloaded',
      'shutting_down',
    ])
  })

  test('would not be if it were wrong', async () => {
    const wrong = JSON.stringify(document).replace(
      '"operationId":"list_clients"',
      '"operationId":"list_profiles"',
    )
    const found = await lintOpenApi(wrong.replaceAll('"count":1,', '"count":"one",'))
    const rules = new Set(found.map(({ ruleId }) => ruleId))
    assert.deepEqual([...rules].toSorted(), [
      'no-invalid-media-type-examples',
      'operation-operationId-unique',
    ])
  })

  test('has the operations of the catalogue and nothing else', () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    )
    assert.deepEqual(
      documented.toSorted(),
      operations.map(({ id, method, path }) => `${method.toLowerCase()} ${path} ${id}`).toSorted(),
    )
  })

  test('has no tag without an operation', () => {
    const used = new Set(operations.flatMap((operation) => find(operation).tags))
    assert.deepEqual(document.tags.map(({ name }) => name).toSorted(), [...used].toSorted())
  })

  test('names what generated clients want a name for', () => {
    const names = Object.keys(document.components.schemas ?? {})
    for (const name of ['Problem', 'Finding', 'Payload', 'Client', 'Profile', 'Server', 'ReleaseSummary'])
      assert.ok(names.includes(name), name)
  })

  test('of another catalogue has that and none of ours', () => {
    const own = toOpenApi([createOperation('GET', {}), createOperation('POST', {})]) as unknown as Document
    assert.deepEqual(Object.keys(own.paths), ['/v1/notes'])
    assert.deepEqual(own.tags, [])
    assert.equal(own.components.schemas?.Client, undefined)
    const { post } = own.paths['/v1/notes'] ?? {}
    assert.equal(post?.requestBody, undefined)
    assert.equal(post?.responses['200']?.content['application/json']?.example, undefined)
  })

  test('says what a schema says, whatever its form', () => {
    const fields = {
      map: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z]$' }), Type.Integer())),
      either: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
      maybe: Type.Optional(Type.Union([Type.String({ maxLength: 3 }), Type.Null()])),
      one: Type.Optional(Type.Enum([1, 'two'])),
    }
    const own = toOpenApi([createOperation('POST', fields)]) as unknown as Document
    const body = own.paths['/v1/notes']?.post?.requestBody
    assert.equal(body?.required, false)
    assert.deepEqual(body?.content['application/json']?.schema, {
      type: 'object',
      additionalProperties: false,
      properties: {
        map: {
          type: 'object',
          additionalProperties: { type: 'integer' },
          propertyNames: { pattern: '^[a-z]$' },
        },
        either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        maybe: { type: ['string', 'null'], maxLength: 3 },
        one: { enum: [1, 'two'] },
      },
    })
  })
})

for (const operation of operations)
  describe(`${operation.id} is described`, () => {
    const documented = find(operation)

    test('with summary, description, scope, tool and one tag', () => {
      assert.equal(documented.summary, operation.summary)
      assert.ok(documented.description.startsWith(operation.description))
      const tool = operation.tool === null ? 'Agents have no tool for it' : `\`${operation.tool}\``
      assert.match(documented.description, new RegExp(`\`${operation.scope}\`.*${tool}`))
      assert.equal(documented.tags.length, 1)
      assert.deepEqual(documented.security, [{ bearerAuth: [operation.scope] }, { apiKeyAuth: [] }])
    })

    test('with each field of its input in its place, once', () => {
      const { requestBody } = documented
      const parameters = documented.parameters?.filter(({ $ref }) => $ref === undefined) ?? []
      const body = requestBody?.content['application/json']?.schema
      const inPath = parameters.filter((each) => each.in === 'path')
      assert.deepEqual(inPath.map(({ name }) => name).toSorted(), [...pathParameters(operation)].toSorted())
      assert.ok(inPath.every(({ required }) => required))
      const names = [...parameters.map(({ name }) => name), ...Object.keys(body?.properties ?? {})]
      assert.deepEqual(names.toSorted(), Object.keys(operation.input.properties).toSorted())
      const required = [
        ...parameters.filter((each) => each.required).map(({ name }) => name),
        ...(body?.required ?? []),
      ]
      assert.deepEqual(required.toSorted(), [...(operation.input.required ?? [])].toSorted())
      assert.equal(requestBody?.required ?? false, (body?.required ?? []).length > 0)
      assert.equal(body?.additionalProperties ?? false, false)
    })

    test('with the headers that make it conditional', () => {
      const { guardedBy, takesIdempotencyKey, method } = operation
      const references = documented.parameters?.flatMap(({ $ref }) => $ref?.split('/').at(-1) ?? []) ?? []
      const { parameters = {} } = document.components
      const names = references.map((name) => (parameters[name] as DocumentedParameter | undefined)?.name)
      const expected = [
        ...(method === 'GET' ? ['If-None-Match'] : []),
        ...(guardedBy ? ['If-Match'] : []),
        ...(takesIdempotencyKey ? ['Idempotency-Key'] : []),
      ]
      assert.deepEqual(names, expected)
      const { responses } = documented
      assert.equal('304' in responses, method === 'GET')
      assert.equal('ETag' in (responses['412']?.headers ?? {}), Boolean(guardedBy))
      assert.equal('Idempotent-Replayed' in (responses['200']?.headers ?? {}), Boolean(takesIdempotencyKey))
    })

    test('with every error that it can give, at its status', () => {
      const bodies: readonly ErrorCode[] =
        operation.method === 'POST' ? ['invalid_json', 'body_too_large', 'unsupported_media_type'] : []
      const keys: readonly ErrorCode[] = operation.takesIdempotencyKey
        ? ['idempotency_in_progress', 'idempotency_key_reused', 'overloaded']
        : []
      const codes = new Set([...ofEvery, ...bodies, ...keys, ...operation.errors])
      const found = Object.entries(documented.responses).flatMap(([status, response]) =>
        ['200', '304'].includes(status) ? [] : codesOf(response).map((code) => `${status} ${code}`),
      )
      assert.deepEqual(found.toSorted(), [...codes].map((code) => `${statuses[code]} ${code}`).toSorted())
    })

    test('with an example that its own schemas let through', async () => {
      const { input, output } = operationExamples[operation.id] ?? assert.fail('no example')
      const validator = await operation.validator()
      assert.ok(validator.Check(input))
      assert.ok(Compile(operation.output).Check(output))
      assert.deepEqual(documented.responses['200']?.content['application/json']?.example, output)
    })
  })

describe('an example', () => {
  test('of each operation is what it really answers', async (t) => {
    const really = await walk(t)
    for (const [id, example] of Object.entries(operationExamples)) {
      assert.ok(example)
      assert.deepEqual(normal(really[id]?.input), normal(example.input), id)
      assert.deepEqual(normal(really[id]?.output), normal(example.output), id)
    }
  })

  test('of each refusal that is described has a sentence', () => {
    const described = new Set(
      [...operations.map(find), eventsDescription.paths['/events'].get as unknown as DocumentedOperation]
        .flatMap(({ responses }) => Object.values(responses))
        .flatMap(codesOf),
    )
    const silent = [...described].filter((code) => !isFault(code) && problemExamples[code] === undefined)
    assert.deepEqual(silent, [])
    for (const code of Object.keys(problemExamples)) assert.ok(Object.hasOwn(errorTitles, code), code)
  })
})

function find({ path, method }: Operation): DocumentedOperation {
  return document.paths[path]?.[method.toLowerCase()] ?? assert.fail(`${method} ${path} is missing`)
}

function codesOf(response: DocumentedResponse): readonly ErrorCode[] {
  const [name = ''] = response.$ref?.split('/').slice(-1) ?? []
  const shared = document.components.responses?.[name] as DocumentedResponse | undefined
  const { content = {} } = shared ?? response
  return Object.keys(content['application/problem+json']?.examples ?? {}) as ErrorCode[]
}

function createOperation(method: 'GET' | 'POST', fields: Record<string, Type.TSchema>): Operation {
  return defineOperation({
    id: `${method} notes`,
    method,
    path: '/v1/notes',
    tool: 'none',
    scope: 'read',
    summary: 'Notes',
    description: 'For tests.',
    input: Type.Object(fields, { additionalProperties: false }),
    output: Type.Object({}),
    errors: [],
    handler: async () => ({}),
  })
}

type Call = Readonly<Record<'input' | 'output', unknown>>

/** Priya's walk from the catalogue to a deployed file, from which the examples are. */
async function walk(t: TestContext): Promise<Readonly<Record<string, Call>>> {
  const orchestrator = await createTestOrchestrator(t)
  const principal = { id: 'tok_4c1f0a9be27d5638', scopes: ['admin'] } as const
  const requestId = 'b7c1f0a2-3d4e-4f56-8a9b-0c1d2e3f4a5b'
  const calls: Record<string, Call> = {}
  const call = async (id: string, input: object) => {
    const operation = operations.find((each) => each.id === id) ?? assert.fail(id)
    const output = await callOperation(operation, { orchestrator, principal, door: 'http', requestId }, input)
    calls[id] = { input, output }
    return output
  }
  const ref = { client_id: 'claude-desktop', profile_id: 'default' }
  await call('initialize_keys', {})
  await call('list_available_servers', { search: 'filesystem' })
  await call('describe_server', { server_id: 'filesystem' })
  await call('add_server_to_config', { ...ref, server_id: 'memory' })
  const { artifact_id } = await call('publish_config', { ...ref, changelog: 'Begins with a memory' })
  const params = { path: '/home/priya/notes' }
  await call('add_server_to_config', { ...ref, server_id: 'filesystem', params })
  await call('view_draft_config', ref)
  await call('validate_config', ref)
  await call('publish_config', { ...ref, changelog: 'Adds the filesystem server' })
  await call('deploy_config', ref)
  const { clients } = await call('list_clients', {})
  const one = (clients as readonly { readonly client_id: string }[]).filter(
    ({ client_id }) => client_id === 'claude-desktop',
  )
  calls.list_clients = { input: {}, output: { clients: one, count: one.length } }
  await call('list_profiles', { client_id: 'claude-desktop' })
  await call('get_config', { ...ref, history: 1 })
  await call('diff_config', { ...ref, local_artifact_id: artifact_id })
  await call('remove_server_from_config', { ...ref, server_name: 'memory' })
  await call('clear_draft_config', ref)
  const limits = { profiles: ['cursor/work'] }
  const asked = { name: 'n8n', scopes: ['read', 'publish'], limits, expires_at: '2999-01-31' }
  const { token_id } = await call('create_token', asked)
  await call('list_tokens', {})
  const rotated = await call('rotate_token', { token_id, overlap: '1h' })
  await call('revoke_token', { token_id: rotated.token_id })
  await call('list_audit', { target: 'claude-desktop/default', limit: 2 })
  return calls
}

/** Without what differs each time: keys, signatures, times and folders. */
function normal(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, each) => {
      if (typeof each !== 'string') return each
      if (['signature', 'sig', 'payload', 'x', 'change_id', 'hash', 'previous_hash'].includes(name))
        return name
      return each
        .replaceAll(/(?<![\w-])[\w-]{43}(?![\w-])/g, 'key')
        .replaceAll(/tok_[0-9a-f]{16}/g, 'id')
        .replaceAll(/[\d-]{10}T[\d:.]{12}Z/g, 'time')
        .replace(/^.*(?=\/(?:\.config|keys)\/)/, 'home')
    }),
  )
}
