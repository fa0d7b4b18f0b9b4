import assert from 'node:assert/strict'
import path from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JsonObject } from '../../src/index.ts'
import {
  atServer,
  type ClientFile,
  catalogueFile,
  clientsOf,
  deployEntries,
  entryFencesOf,
} from '../support/clients/client-entries.ts'
import { toolsByEntry } from '../support/clients/entry-clients.ts'
import { addNpx } from '../support/clients/programs-on-path.ts'
import { type ServedProduct, serveProduct } from '../support/clients/served-product.ts'
import { fileOf, type Guide, readGuide } from '../support/guides/guide.ts'
import type { Person } from '../support/parameter-types.ts'
import { repository } from '../support/stage.ts'
import type { World } from '../support/world.ts'

interface EntryWorld extends World {
  product: ServedProduct
  token: string
  started: Started
}

/** A client that was started with its entry of a guide. */
interface Started {
  readonly guide: Guide
  readonly name: string
  /** The guide's file for it, with the token and the server's address. */
  readonly file: ClientFile
  /** The tools that each client found. */
  readonly offered: readonly (readonly string[])[]
}

Given<EntryWorld>("Omar's server runs, and Priya holds a token to read and write", async function () {
  this.product = await serveProduct(this.stops)
  const { token } = await this.product.createToken('priya', ['read', 'write'])
  this.token = token
})

When<EntryWorld>(
  '{person} starts {string} with its entry of {string}, where {string} becomes her token',
  async function (_person: Person, name: string, guidePath: string, place: string) {
    const guide = await readGuide(path.join(repository, guidePath))
    const fence = entryFencesOf(guide).get(name)
    assert.ok(fence, `${guidePath} has no entry for ${name}.`)
    const { inputs = [], ...file } = JSON.parse(withToken(atServer(fence, this.product), place, this.token))
    assertAsked(inputs, place)
    const { user: home } = this.product
    const bin = path.join(home, 'bin')
    await addNpx(bin)
    const offered = await toolsByEntry(afterOf(file), { home, bin })
    this.started = { guide, name, file, offered }
  },
)

Then<EntryWorld>('the file is the one that a deployment of both entries writes', async function () {
  const { guide, name, file } = this.started
  const client = (await clientsOf(this.product)).find((each) => each.display_name === name)
  assert.ok(client, `No client is called ${name}.`)
  assert.deepEqual(file, await deployEntries(this.product, { guide, client, token: this.token }))
})

Then<EntryWorld>('it is offered the tools that look and draft', function () {
  const { offered } = this.started
  assert.ok(offered.length > 0)
  for (const tools of offered) assert.deepEqual(tools, toolsThatLookAndDraft)
})

Then<EntryWorld>('every client that the product knows has an entry in it, and no other', async function () {
  const product = await serveProduct(this.stops)
  const known = (await clientsOf(product)).map(({ display_name }) => display_name)
  const { guide } = this.guideRun
  const fences = entryFencesOf(guide)
  assert.deepEqual([...fences.keys()].sort(), known.toSorted())
  for (const fence of fences.values()) await this.guideRun.fileAt(fileOf(fence) ?? '')
  // The catalogue finds it by its place: without it, the deployment in the guide would have failed.
  await this.guideRun.fileAt(catalogueFile)
})

const toolsThatLookAndDraft = [
  'list_clients',
  'list_available_servers',
  'get_config',
  'diff_config',
  'validate_config',
  'add_server_to_config',
  'remove_server_from_config',
]

/** What the client does with the reference, or the reader with the place. Every other reference must be the entry's own. */
function withToken(text: string, place: string, token: string): string {
  assert.ok(text.includes(place), `No ${place} in:\n${text}`)
  return text.replaceAll(place, token)
}

/** A reference to an input needs one of that id, which hides what is typed. */
function assertAsked(inputs: readonly JsonObject[], place: string): void {
  const [, id] = /^\$\{input:(.+)\}$/.exec(place) ?? []
  const asked = inputs.map((input) => ({ id: input.id, type: input.type, password: input.password }))
  assert.deepEqual(asked, id === undefined ? [] : [{ id, type: 'promptString', password: true }])
}

function afterOf(file: ClientFile): JsonObject {
  const [servers, ...others] = Object.values(file)
  const entry = servers?.['orchestration-http']
  assert.ok(
    entry && others.length === 0,
    `One list of servers with orchestration-http: ${JSON.stringify(file)}`,
  )
  return entry
}
