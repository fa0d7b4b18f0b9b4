import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type Answer, jsonOf } from '../../step_definitions/support/http.ts'
import { type Caller, createCaller, toFetch } from '../support/deployment/caller.ts'
import { hostName } from '../support/deployment/installation.ts'
import { type Listener, listen } from '../support/deployment/listener.ts'
import { systemUnit } from '../support/deployment/machine.ts'
import type { ProxyName } from '../support/deployment/proxy.ts'
import { putInFront, runSite, sites } from '../support/deployment/site.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

const listeners = createKept<Listener>('a listener')
const answers = createKept<readonly Answer[]>('answers')
const stopped = createKept<{ readonly exitCode: number | null }>('a stopped service')
const toolAnswers = createKept<{ readonly tools: readonly string[]; readonly text: string }>('an MCP client')
const base = `https://${hostName}`

defineParameterType({
  name: 'proxy',
  regexp: /nginx|Caddy/,
  transformer: (name) => name.toLowerCase() as ProxyName,
})

Given<World>('{person} runs the service of {string}', async function (person: Person, path: string) {
  await runSite(this, person, path)
})

Given<World>(
  '{person} runs the service of {string} behind {proxy}',
  async function (person: Person, path: string, proxy: ProxyName) {
    await runSite(this, person, path)
    await putInFront(this, proxy)
  },
)

Given<World>(
  '{person} runs the service of {string} behind an nginx that holds answers back and gives up after {int} ms',
  async function (person: Person, path: string, patienceMs: number) {
    await runSite(this, person, path)
    // For all servers of that nginx; the product's own request not to buffer is ignored, as a careful owner may have it.
    await putInFront(
      this,
      'nginx',
      `proxy_ignore_headers X-Accel-Buffering; proxy_read_timeout ${patienceMs}ms;`,
    )
  },
)

Given<World>('{person} listens to the events of the service', async function (_person: Person) {
  await startListening(this, `http://127.0.0.1:${this.stage.port(8000)}/events`)
})

Given<World>('{person} listens to the events through the proxy', async function (_person: Person) {
  await startListening(this, `${base}/events`)
})

When<World>('systemd stops the service', async function () {
  stopped.keep(this, { exitCode: await sites.of(this).machine.stop(systemUnit) })
})

When<World>(
  '{person} asks for the clients without a credential, of the service and through the proxy',
  async function (_person: Person) {
    const { call } = await callerOf(this)
    const direct = await fetch(`http://127.0.0.1:${this.stage.port(8000)}/v1/clients`)
    const headers = Object.fromEntries(direct.headers)
    answers.keep(this, [
      { status: direct.status, headers, text: await direct.text() },
      await call(`${base}/v1/clients`),
      await call(`http://${hostName}/v1/clients?a=b`),
    ])
  },
)

When<World>('{person} sends a body of {float} MiB', async function (_person: Person, size: number) {
  const { call } = await callerOf(this)
  const body = ' '.repeat(size * 1024 ** 2)
  answers.keep(this, [
    await call(`${base}/v1/config/diff`, { method: 'POST', headers: authorization(this), body }),
  ])
})

When<World>(
  '{person} guesses {int} tokens, each time in the name of another address, and {person} sends a wrong one',
  async function (_guesser: Person, count: number, _person: Person) {
    const guesser = await callerOf(this, '127.0.0.2')
    const guesses: Answer[] = []
    for (let index = 1; index <= count; index += 1)
      guesses.push(await guess(guesser, { 'x-forwarded-for': `203.0.113.${index}` }))
    answers.keep(this, [...guesses, await guess(await callerOf(this, '127.0.0.3'))])
  },
)

When<World>(
  'an MCP client of {person} calls {string}, in the name of the host {string}',
  async function (_person: Person, tool: string, host: string) {
    const client = new Client({ name: 'priyas-agent', version: '1.0.0' })
    this.stops.push(() => client.close())
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${base}/mcp`), {
        requestInit: { headers: { ...authorization(this), 'x-forwarded-host': host } },
        fetch: toFetch(await callerOf(this)),
      }),
    )
    const { tools } = await client.listTools()
    const { content } = await client.callTool({ name: tool, arguments: {} })
    toolAnswers.keep(this, { tools: tools.map(({ name }) => name), text: JSON.stringify(content) })
  },
)

When<World>(
  '{person} adds {string} to a draft with the command',
  async function (_person: Person, id: string) {
    const input = JSON.stringify({ client_id: 'cursor', profile_id: 'work', server_id: id })
    const args = ['call', 'add_server_to_config', '--json', input, '--home', sites.of(this).home]
    await promisify(execFile)(join(this.stage.root, 'bin/mcp-orchestration'), args, { env: this.stage.env })
  },
)

When<World>(
  '{person} asks for the clients through the proxy while {person} restarts the service',
  async function (_asker: Person, _operator: Person) {
    const { machine, unit } = sites.of(this)
    const { call } = await callerOf(this)
    await machine.stop(systemUnit)
    const asked = call(`${base}/v1/clients`, { headers: authorization(this) })
    await machine.start(systemUnit, unit)
    answers.keep(this, [await asked])
  },
)

Then<World>('it ends in order, in the time that its unit allows', function () {
  assert.equal(stopped.of(this).exitCode, 0)
})

Then<World>('the stream has ended in order', async function () {
  assert.equal(await listeners.of(this).ended, 0)
})

Then<World>('both refusals are the same, the challenge included', function () {
  const [direct, proxied] = answers.of(this).slice(0, 2).map(withoutRequestId)
  assert.equal(direct?.status, 401)
  assert.deepEqual(proxied, direct)
})

Then<World>('the answer over TLS asks browsers to come over TLS only', function () {
  const [, proxied] = answers.of(this)
  assert.equal(proxied?.headers['strict-transport-security'], 'max-age=31536000')
})

Then<World>('plain HTTP leads to the same address over TLS, for good', function () {
  const [, , plain] = answers.of(this)
  assert.equal(plain?.headers.location, `${base}/v1/clients?a=b`)
  assert.equal(plain?.status, 308)
})

Then<World>('{person} is told {string}', function (_person: Person, code: string) {
  assert.equal(codeOf(answers.of(this).at(-1)), code)
})

Then<World>('the last guess is answered {string}', function (code: string) {
  const codes = answers.of(this).slice(0, -1).map(codeOf)
  assert.deepEqual([...new Set(codes)], ['invalid_credentials', code])
  assert.equal(codes.indexOf(code), codes.length - 1)
})

Then<World>('it is offered {int} tools', function (count: number) {
  assert.equal(toolAnswers.of(this).tools.length, count, toolAnswers.of(this).tools.join())
})

Then<World>('it is answered with {string} among the rest', function (text: string) {
  assert.ok(toolAnswers.of(this).text.includes(text), toolAnswers.of(this).text)
})

Then<World>('{person} hears {string} at once', async function (_person: Person, type: string) {
  await listeners.of(this).hears(`event: ${type}`)
})

Then<World>('{person} is answered with the clients', function (_person: Person) {
  const [answer] = answers.of(this)
  assert.equal(answer?.status, 200, answer?.text)
  assert.ok(jsonOf<{ readonly count: number }>(answer).count > 0)
})

/** From another address than the proxy's own, which the service trusts. */
function callerOf(world: World, from = '127.0.0.4'): Promise<Caller> {
  return createCaller(world.stage, from).then((caller) => {
    world.stops.push(() => caller.agent.close())
    return caller
  })
}

async function startListening(world: World, url: string): Promise<void> {
  const listener = await listen(url, sites.of(world).token, world.stage)
  world.stops.push(listener.stop)
  listeners.keep(world, listener)
}

function authorization(world: World): Record<string, string> {
  return { authorization: `Bearer ${sites.of(world).token}` }
}

function guess({ call }: Caller, headers: Record<string, string> = {}): Promise<Answer> {
  return call(`${base}/v1/clients`, { headers: { ...headers, authorization: 'Bearer a-guess' } })
}

function codeOf(answer: Answer | undefined): string | undefined {
  return answer && jsonOf<{ readonly code: string }>(answer).code
}

function withoutRequestId({ status, headers, text }: Answer) {
  const { request_id: _, ...problem } = JSON.parse(text) as Readonly<Record<string, unknown>>
  return { status, challenge: headers['www-authenticate'], type: headers['content-type'], problem }
}
