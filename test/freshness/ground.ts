import assert from 'node:assert/strict'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { createHttpTransport } from '../../src/http/transport.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { type Answer, send } from '../../step_definitions/support/http.ts'
import { rpcResultOf, toMcpRequest } from '../../step_definitions/support/mcp.ts'
import { createSandbox, start } from '../support/sandbox.ts'
import type { Profile, Question, Reader, State, Step } from './model.ts'

/** Three servers on one home: two in this process, each with an orchestrator of its own, and one in another. */
export interface Ground {
  /** Makes the change; answers the state when it is acknowledged. */
  change(state: State, step: Step): Promise<State>
  /** What the question was answered, as the model says it; undefined if the server had no time. */
  ask(question: Question): Promise<string | undefined>
}

type Headers = Readonly<Record<string, string>>

const apiKey = 'correct horse battery staple'
const clientId = 'cursor'

export async function createGround(t: TestContext): Promise<Ground> {
  const sandbox = await createSandbox(t)
  const { home, env } = sandbox
  const orchestrators = [createOrchestrator({ home, env }), createOrchestrator({ home, env })]
  const [orchestrator = assert.fail()] = orchestrators
  for (const each of orchestrators) sandbox.atEnd(() => each.close())
  const credentials = await prepare(orchestrator)
  const transports = orchestrators.map((each) =>
    createHttpTransport({
      orchestrator: each,
      apiKey,
      logger: false,
      overload: false,
      failedAuthentications: false,
    }),
  )
  for (const each of transports) sandbox.atEnd(() => each.close())
  const process = start(sandbox, 'serve-http', ['--port', '0'], {
    env: { MCP_ORCHESTRATION_API_KEY: apiKey },
  })
  const urls = await Promise.all(transports.map((each) => each.listen({ port: 0 })))
  const [, url = ''] = await process.says(/Server running on (http:[^"\s]+)/)
  urls.push(url)
  const seen = new Map<string, Answer>()
  let guestId = ''

  return { change, ask }

  async function change(state: State, { change: wanted, server }: Step): Promise<State> {
    switch (wanted.kind) {
      case 'add':
      case 'remove': {
        const { profile, name, kind } = wanted
        const body = kind === 'add' ? { server_id: 'memory', server_name: name } : { server_name: name }
        await post(server, `/v1/config/${clientId}/${profile}/draft/${kind}`, body)
        const others = state.drafts[profile].filter((each) => each !== name)
        const names = kind === 'add' ? [...others, name] : others
        return { ...state, drafts: { ...state.drafts, [profile]: names } }
      }
      case 'publish': {
        const published = await post(server, `/v1/config/${clientId}/${wanted.profile}/publish`, {})
        return { ...state, releases: { ...state.releases, [wanted.profile]: Number(published.sequence) } }
      }
      case 'distrust':
      case 'trust': {
        const [trusted, aside] = [path.join(home, 'keys', 'trusted'), path.join(sandbox.folder, 'aside')]
        await (wanted.kind === 'trust' ? move(aside, trusted) : move(trusted, aside))
        return { ...state, isTrusted: wanted.kind === 'trust' }
      }
      case 'list':
      case 'unlist': {
        const file = path.join(home, 'servers', 'handbook.json')
        await (wanted.kind === 'list' ? writeWhole(file, JSON.stringify(ownServer)) : rm(file))
        return { ...state, isListed: wanted.kind === 'list' }
      }
      case 'letIn':
      case 'shutOut': {
        const { tokens } = orchestrators[server % orchestrators.length] ?? orchestrator
        if (wanted.kind === 'shutOut') await tokens.revoke(guestId)
        else {
          const { token, record } = await tokens.generate({ name: 'guest' })
          guestId = record.id
          credentials.set('guest', bearer(token))
        }
        return { ...state, isGuestIn: wanted.kind === 'letIn' }
      }
    }
  }

  async function post(server: number, to: string, body: object): Promise<Record<string, unknown>> {
    const headers = credentials.get('priya') ?? {}
    for (;;) {
      const { status, text } = await send(`${urls[server]}${to}`, { method: 'POST', headers, body })
      // Nothing was begun, and Priya has time.
      if (status === 503 && text.includes('"overloaded"')) continue
      assert.equal(status, 200, text)
      return JSON.parse(text)
    }
  }

  async function ask(question: Question): Promise<string | undefined> {
    const { reader, way, server } = question
    const headers = credentials.get(reader) ?? {}
    const isRest = way === 'rest' || way === 'conditional'
    const answer = isRest ? await askByRest(question, headers) : await askAsAgent(question, headers)
    if (answer.status === 503 && answer.text.includes('"overloaded"')) return undefined
    // The process in which nobody turned the brake off.
    if (answer.status === 429 && server === urls.length - 1) return 'invalid_credentials'
    return say(question, isRest || answer.status !== 200 ? JSON.parse(answer.text) : toolAnswerOf(answer))
  }

  /** With the ETag that it had here when it was last read, if it is asked on that condition: 304 stands for that answer. */
  async function askByRest(question: Question, headers: Headers): Promise<Answer> {
    const { reader, way, server } = question
    const to = pathOf(question)
    const key = `${reader} ${server} ${to}`
    const known = way === 'conditional' ? seen.get(key) : undefined
    const condition = known ? { 'if-none-match': String(known.headers.etag) } : {}
    const answer = await send(`${urls[server]}${to}`, { headers: { ...headers, ...condition } })
    if (answer.status === 304) return known ?? assert.fail('It was asked without a condition.')
    if (answer.status === 200) seen.set(key, answer)
    return answer
  }

  function askAsAgent(question: Question, headers: Headers): Promise<Answer> {
    const { way, server } = question
    const call = toMcpRequest(way, 'tools/call', toolCallOf(question))
    return send(`${urls[server]}/mcp`, { ...call, headers: { ...headers, ...call.headers } })
  }
}

async function prepare({ keys, drafts, tokens }: Orchestrator): Promise<Map<Reader, Headers>> {
  await keys.initialize()
  for (const profileId of ['work', 'home'])
    await drafts.add({ clientId, profileId }, { serverId: 'memory', serverName: 'base' })
  const priya = await tokens.generate({ name: 'priya' })
  const limits = { clients: [], profiles: [`${clientId}/work`] }
  const limited = await tokens.generate({ name: 'limited', limits })
  const publisher = await tokens.generate({ name: 'publisher', scopes: ['publish'] })
  return new Map<Reader, Headers>([
    ['priya', bearer(priya.token)],
    ['limited', bearer(limited.token)],
    ['publisher', bearer(publisher.token)],
    ['guest', bearer('A'.repeat(43))],
    ['apiKey', { 'x-api-key': apiKey }],
  ])
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` }
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of await readdir(from)) await rename(path.join(from, file), path.join(to, file))
}

/** In one step: a file that is half written would be read as one that is no server, for up to a second. */
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(`${file}.part`, text)
  await rename(`${file}.part`, file)
}

const ownServer = {
  name: 'com.example.team/handbook',
  description: 'What every member of the team must know',
  version: '1.0.0',
  packages: [
    {
      registryType: 'npm',
      identifier: '@example/handbook',
      version: '1.0.0',
      transport: { type: 'stdio' },
    },
  ],
}

function pathOf({ reading, profile }: Question): string {
  const paths = {
    draft: `/v1/config/${clientId}/${profile}/draft`,
    release: `/v1/config/${clientId}/${profile}`,
    clients: '/v1/clients',
    catalogue: '/v1/servers?search=handbook',
  }
  return paths[reading]
}

function toolCallOf({ reading, profile }: Question) {
  const ref = { client_id: clientId, profile_id: profile }
  const calls = {
    draft: { name: 'get_config', arguments: { ...ref, stage: 'draft' } },
    release: { name: 'get_config', arguments: ref },
    clients: { name: 'list_clients', arguments: {} },
    catalogue: { name: 'list_available_servers', arguments: { search: 'handbook' } },
  }
  return calls[reading]
}

function toolAnswerOf(answer: Answer): object {
  const { structuredContent, _meta } = rpcResultOf(answer) as {
    readonly structuredContent?: object
    readonly _meta?: { readonly 'mcp-orchestration/problem'?: object }
  }
  return structuredContent ?? _meta?.['mcp-orchestration/problem'] ?? assert.fail(answer.text)
}

/** The answer in the words of the model. */
function say({ reading }: Question, answer: Partial<AnyAnswer>): string {
  if (answer.code !== undefined) return answer.code
  const words: Readonly<Record<Question['reading'], () => string | undefined>> = {
    draft: () => answer.servers?.map(String).toSorted().join(),
    release: () => `release ${answer.metadata?.sequence}`,
    clients: () => sayClients(answer.clients ?? []),
    catalogue: () => (answer.servers?.length ? 'listed' : 'not listed'),
  }
  return words[reading]() ?? JSON.stringify(answer)
}

interface AnyAnswer {
  readonly code: string
  readonly servers: readonly unknown[]
  readonly metadata: { readonly sequence: number }
  readonly clients: readonly { readonly client_id: string; readonly profiles: readonly Profile[] }[]
}

function sayClients(all: AnyAnswer['clients']): string {
  const profiles = all
    .find(({ client_id }) => client_id === clientId)
    ?.profiles.toSorted()
    .join()
  return `${all.length === 1 ? clientId : 'all'}: ${profiles}`
}
