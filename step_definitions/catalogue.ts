import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import { dropServer, keepServer } from './domain/catalogue.ts'
import { attemptDeed } from './support/deed.ts'
import { resultOf } from './support/http.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import type { World } from './support/world.ts'

interface Listed {
  readonly server_id: string
  readonly display_name: string
  readonly description: string
  readonly transport: string
}

interface Described extends Listed {
  readonly command: string
  readonly args: readonly string[]
  readonly parameters: readonly { readonly name: string }[]
  readonly env_vars: { readonly required: readonly string[] }
  readonly documentation_url: string
}

When<World>('{person} lists the catalogue', async function (person: Person) {
  await this.ask(person, '/v1/servers')
})

When<World>('{person} looks up {string}', async function (person: Person, serverId: string) {
  await this.perform(person, 'describe_server', { server_id: serverId })
})

When<World>(
  "Omar puts a server {string} of the team's own into the catalogue",
  async function (serverId: string) {
    await attemptDeed(this, () => keepServer(this, serverId, '@example/handbook'))
  },
)

When<World>('Omar takes the server {string} out of the catalogue', async function (serverId: string) {
  await attemptDeed(this, () => dropServer(this, serverId))
})

Then<World>('each server has an id, a name, a description and a transport', function () {
  const { servers, count } = resultOf<{ servers: readonly Listed[]; count: number }>(this.answer())
  assert.ok(servers.length >= 30, `${servers.length} servers.`)
  assert.equal(count, servers.length)
  for (const server of servers) {
    assert.match(server.server_id, /^[a-z0-9][a-z0-9._-]{0,63}$/)
    assert.match(server.display_name, /\S/)
    assert.match(server.description, /\S/)
    assert.match(server.transport, /^(stdio|streamable-http|sse)$/)
  }
})

Then<World>(
  'the transport {string} narrows it to exactly the servers that speak it',
  async function (transport: string) {
    const all = resultOf<{ servers: readonly Listed[] }>(this.answer()).servers
    const narrowed = await listServers(this, `transport=${transport}`)
    assert.ok(narrowed.length > 0 && narrowed.length < all.length, `${narrowed.length} of ${all.length}`)
    assert.deepEqual(
      narrowed,
      all.filter((server) => server.transport === transport),
    )
  },
)

Then<World>(
  'a search for {string} finds {string} and not {string}',
  async function (search: string, found: string, other: string) {
    const ids = (await listServers(this, `search=${search}`)).map(({ server_id }) => server_id)
    assert.ok(ids.includes(found), ids.join(', '))
    assert.ok(!ids.includes(other), ids.join(', '))
  },
)

Then<World>(
  'she reads that {string} starts {string}, and where that is documented',
  function (command: string, packageName: string) {
    const server = resultOf<Described>(this.answer())
    assert.equal(server.command, command)
    assert.ok(server.args.includes(packageName), server.args.join(' '))
    assert.equal(new URL(server.documentation_url).protocol, 'https:')
  },
)

Then<World>(
  'she reads that it takes the parameter {string} and requires the variable {string}',
  function (parameter: string, variable: string) {
    const { parameters, env_vars } = resultOf<Described>(this.answer())
    assert.deepEqual([parameters.map(({ name }) => name), env_vars.required], [[parameter], [variable]])
  },
)

Then<World>(
  'looking up {string} is refused with {int} {reason}',
  async function (serverId: string, status: number, reason: Reason) {
    assertProblem(await this.request('Priya', `/v1/servers/${serverId}`), status, reason)
  },
)

async function listServers(world: World, query: string): Promise<readonly Listed[]> {
  return resultOf<{ servers: readonly Listed[] }>(await world.request('Priya', `/v1/servers?${query}`))
    .servers
}
