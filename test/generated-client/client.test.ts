import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import createClient, { type Client } from 'openapi-fetch'
import { toOpenApi } from '../../src/http/docs/openapi.ts'
import { createHttpTransport } from '../../src/http/transport.ts'
import { adminOperations, operations } from '../../src/operations/operations.ts'
import { generateTypes } from '../client-generator/generate.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

type AnyClient = Client<Record<string, never>>

/** The functions of calls.js; what their types are is for the compiler to say, within the generated project. */
interface Calls {
  readonly callEach: (client: AnyClient) => Promise<object>
  readonly lookAfterTokens: (client: AnyClient) => Promise<object>
  readonly askForNobody: (client: AnyClient) => Promise<object>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('a client generated from the OpenAPI document', () => {
  let folder: string

  before(async () => {
    folder = await createProject()
  })

  after(() => rm(folder, { recursive: true, force: true }))

  test('compiles with a program that uses it, and with no misuse', async () => {
    const { code, output } = await compile(folder)
    assert.equal(code, 0, output)
  })

  test('calls all operations of a real server, with a token and with the key', async (t) => {
    const { callEach } = await load(folder)
    const { clientWith, token } = await serve(t)
    const answers = await callEach(clientWith({ authorization: `Bearer ${token}` }))
    assert.deepEqual(Object.keys(answers).toSorted(), operations.map(({ id }) => id).toSorted())
    assert.deepEqual(answers, {
      initialize_keys: 'initialized',
      list_clients: 'Claude Desktop',
      list_available_servers: 2,
      describe_server: ['path'],
      add_server_to_config: 'added',
      view_draft_config: ['filesystem'],
      validate_config: true,
      publish_config: 1,
      deploy_config: ['filesystem'],
      list_profiles: [1],
      get_config: 'Adds the filesystem server',
      diff_config: 'up-to-date',
      remove_server_from_config: 0,
      clear_draft_config: 0,
    })
    const again = await callEach(clientWith({ 'x-api-key': 'Omar' }))
    assert.deepEqual(again, { ...answers, initialize_keys: 'already_exists' })
  })

  test('looks after the tokens, with the key', async (t) => {
    const { lookAfterTokens } = await load(folder)
    const { clientWith } = await serve(t)
    assert.deepEqual(await lookAfterTokens(clientWith({ 'x-api-key': 'Omar' })), {
      list_tokens: [null, 'n8n'],
      create_token: 43,
      rotate_token: true,
      revoke_token: 'revoked',
    })
  })

  test('is told the code of a refusal', async (t) => {
    const { askForNobody } = await load(folder)
    const { clientWith } = await serve(t)
    assert.deepEqual(await askForNobody(clientWith({ 'x-api-key': 'Omar' })), {
      status: 404,
      code: 'client_not_found',
      isUnknown: true,
    })
  })
})

/** Below node_modules, where the program finds openapi-fetch and nobody else looks. */
async function createProject(): Promise<string> {
  const cache = path.join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(path.join(cache, 'generated-client-'))
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(
    path.join(folder, 'api.ts'),
    await generateTypes(JSON.stringify(toOpenApi([...operations, ...adminOperations]))),
  )
  await copyFile(new URL('calls.js', import.meta.url), path.join(folder, 'calls.js'))
  return folder
}

async function compile(folder: string): Promise<{ readonly code: number; readonly output: string }> {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const compilerOptions = {
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    target: 'es2024',
    module: 'nodenext',
    allowImportingTsExtensions: true,
    types: [],
  }
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['calls.js'] }),
  )
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--project', folder], (error, output) =>
      resolve({ code: error ? 1 : 0, output }),
    )
  })
}

async function load(folder: string): Promise<Calls> {
  return import(pathToFileURL(path.join(folder, 'calls.js')).href)
}

async function serve(t: TestContext) {
  const orchestrator = await createTestOrchestrator(t)
  const transport = createHttpTransport({ orchestrator, apiKey: 'Omar', logger: false })
  t.after(() => transport.close())
  const { token } = await orchestrator.tokens.generate()
  const baseUrl = await transport.listen({ port: 0 })
  const clientWith = (headers: Readonly<Record<string, string>>): AnyClient =>
    createClient({ baseUrl, headers })
  return { token, clientWith }
}
