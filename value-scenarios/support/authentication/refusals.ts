import assert from 'node:assert/strict'
import { type Answer, send } from '../../../step_definitions/support/http.ts'
import { eventually } from '../../../test/support/eventually.ts'
import type { World } from '../world.ts'
import { type LocalServer, startLocalServer } from './local-server.ts'

/** Where refusals are brought about. */
interface RefusingServers {
  /** Takes the API key, and wrong credentials without end. */
  readonly usual: LocalServer
  /** Was started without an API key. */
  readonly keyless: LocalServer
  /** Has the limits that hold unless told. */
  readonly strict: LocalServer
  /** Its store does not answer. */
  readonly broken: LocalServer
}

const apiKey = 'the key of the environment'

/** The answers of each cause, by its words. */
export async function bringAbout(world: World): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const servers = await startServers(world)
  const answers = new Map<string, readonly Answer[]>()
  for (const [when, cause] of Object.entries(causes)) answers.set(when, await cause(servers))
  return answers
}

async function startServers(world: World): Promise<RefusingServers> {
  const usual = await startLocalServer(world, { apiKey, failedAuthentications: false })
  const keyless = await startLocalServer(world)
  const strict = await startLocalServer(world)
  const broken = await startLocalServer(world)
  await broken.orchestrator.close()
  return { usual, keyless, strict, broken }
}

type Cause = (servers: RefusingServers) => Promise<readonly Answer[]>

/** What brings a refusal about, by the words in which the guide's table tells when it comes. Where there are several ways, all of them. */
const causes: Readonly<Record<string, Cause>> = {
  'there is no credential, it is of another scheme, or it stands in the URL': async ({ usual }) => {
    const { token } = await usual.orchestrator.tokens.generate()
    return [
      await clients(usual, {}),
      await clients(usual, { authorization: `Basic ${token}` }),
      await send(`${usual.url}/v1/clients?access_token=${token}`),
    ]
  },
  'the token is mistyped, has ended, was revoked or is rotated away': async ({ usual }) => {
    const [good, revoked, rotated] = [await make(usual), await make(usual), await make(usual)]
    await usual.orchestrator.tokens.revoke(revoked.id)
    await usual.orchestrator.tokens.rotate(rotated.id, { overlapMs: 0 })
    const tokens = [`${good.token}x`, (await makeEnded(usual)).token, revoked.token, rotated.token]
    return Promise.all(tokens.map((token) => clients(usual, bearer(token))))
  },
  'the API key is wrong, or the server was started without one': async ({ usual, keyless }) => [
    await clients(usual, { 'x-api-key': `${apiKey}!` }),
    await clients(keyless, { 'x-api-key': apiKey }),
  ],
  'there are two credentials': async ({ usual }) => {
    const { token } = await make(usual)
    return [await clients(usual, { ...bearer(token), 'x-api-key': apiKey })]
  },
  'the token lacks the scope': async ({ usual }) => {
    const { token } = await make(usual, { scopes: ['read', 'publish'] })
    return [await post(usual, token, '/v1/config/cursor/work/deploy', {})]
  },
  "the client or the profile is beyond the token's limits": async ({ usual }) => {
    const { token } = await make(usual, { limits: { profiles: ['cursor/work'] } })
    return [await send(`${usual.url}/v1/clients/zed/profiles`, { headers: bearer(token) })]
  },
  'a new token would reach further than the one that asks': async ({ usual }) => {
    const { token } = await makeLimitedAdmin(usual)
    return [await post(usual, token, '/admin/tokens', { limits: { clients: ['cursor'] } })]
  },
  'a new token would last longer than the one that asks': async ({ usual }) => {
    const { token } = await make(usual, { scopes: ['admin'], expiresInMs: 60_000 })
    return [await post(usual, token, '/admin/tokens', { expires_in: '30d' })]
  },
  'the id is unknown, or its token revoked': async ({ usual }) => {
    const [admin, revoked] = [await makeAdmin(usual), await make(usual)]
    await usual.orchestrator.tokens.revoke(revoked.id)
    const ids = ['tok_0000000000000000', revoked.id]
    return Promise.all(ids.flatMap((id) => [revoke(usual, admin.token, id), rotate(usual, admin.token, id)]))
  },
  'the token reaches beyond the limits of the one that asks': async ({ usual }) => {
    const [admin, { id }] = [await makeLimitedAdmin(usual), await make(usual)]
    return [await revoke(usual, admin.token, id), await rotate(usual, admin.token, id)]
  },
  'the limits of a new token name an unknown client': async ({ usual }) => {
    const { token } = await makeAdmin(usual)
    return [await post(usual, token, '/admin/tokens', { limits: { clients: ['cursro'] } })]
  },
  'a token is rotated a second time': async ({ usual }) => {
    const [admin, { id }] = [await makeAdmin(usual), await make(usual)]
    await usual.orchestrator.tokens.rotate(id)
    return [await rotate(usual, admin.token, id)]
  },
  'a token is rotated that has ended': async ({ usual }) => {
    const [admin, { id }] = [await makeAdmin(usual), await makeEnded(usual)]
    return [await rotate(usual, admin.token, id)]
  },
  'more than 20 wrong credentials came from the address within a minute': async ({ strict }) => {
    for (let count = 1; count <= 20; count += 1)
      assert.equal((await clients(strict, bearer('guessed'))).status, 401, `The guess number ${count}`)
    return [await clients(strict, bearer('guessed'))]
  },
  'the store does not answer, so no token can be checked': async ({ usual, broken }) => {
    const { token } = await make(usual)
    return [await clients(broken, bearer(token))]
  },
  "/mcp is called by a name that is not the server's": async ({ usual }) => {
    const { token } = await make(usual)
    return [await ask(usual, { ...bearer(token), host: 'mcp.example.com' })]
  },
  'a page of another origin calls /mcp': async ({ usual }) => {
    const { token } = await make(usual)
    return [await ask(usual, { ...bearer(token), origin: 'https://dashboard.example.com' })]
  },
}

interface Made {
  readonly id: string
  readonly token: string
}

type Request = Parameters<LocalServer['orchestrator']['tokens']['generate']>[0]

async function make({ orchestrator }: LocalServer, request: Request = {}): Promise<Made> {
  const { token, record } = await orchestrator.tokens.generate(request)
  return { token, id: record.id }
}

function makeAdmin(server: LocalServer): Promise<Made> {
  return make(server, { scopes: ['admin'] })
}

function makeLimitedAdmin(server: LocalServer): Promise<Made> {
  return make(server, { scopes: ['admin'], limits: { profiles: ['cursor/work'] } })
}

async function makeEnded(server: LocalServer): Promise<Made> {
  const made = await make(server, { expiresInMs: 1 })
  await eventually(async () => {
    assert.equal(await server.orchestrator.tokens.verify(made.token), undefined)
  })
  return made
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

function clients({ url }: LocalServer, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return send(`${url}/v1/clients`, { headers })
}

function ask({ url }: LocalServer, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return send(`${url}/mcp`, { method: 'POST', headers, body: {} })
}

function post({ url }: LocalServer, token: string, path: string, body: object): Promise<Answer> {
  return send(url + path, { method: 'POST', headers: bearer(token), body })
}

function rotate(server: LocalServer, token: string, id: string): Promise<Answer> {
  return post(server, token, `/admin/tokens/${id}/rotate`, {})
}

function revoke({ url }: LocalServer, token: string, id: string): Promise<Answer> {
  return send(`${url}/admin/tokens/${id}`, { method: 'DELETE', headers: bearer(token) })
}
