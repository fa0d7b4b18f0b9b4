import assert from 'node:assert/strict'
import { rm, stat, writeFile } from 'node:fs/promises'
import { type DataTable, Given, Then } from '@cucumber/cucumber'
import {
  clientFile,
  editServers,
  readClientFile,
  readEntry,
  readServers,
  writeClientFile,
} from '../support/client-file.ts'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

Given<World>('the file of {string} holds:', async function (clientId: string, text: string) {
  await writeClientFile(this, clientId, `${text}\n`)
})

Given<World>(
  '{person} has edited {string} in the file of {string}',
  async function (_person: Person, serverName: string, clientId: string) {
    await editServers(this, clientId, (servers) => ({
      ...servers,
      [serverName]: { ...servers[serverName], command: 'her-own-way' },
    }))
  },
)

Given<World>(
  '{person} has taken {string} out of the file of {string}',
  async function (_person: Person, serverName: string, clientId: string) {
    await editServers(this, clientId, ({ [serverName]: _taken, ...others }) => others)
  },
)

Given<World>(
  '{person} has added a server of her own to the file of {string}',
  async function (_person: Person, clientId: string) {
    await editServers(this, clientId, (servers) => ({ notes: { command: 'notes-server' }, ...servers }))
  },
)

Given<World>('{person} has removed the file of {string}', async function (_person: Person, clientId: string) {
  await rm(await clientFile(this, clientId))
})

Given<World>('{person} has broken the file of {string}', async function (_person: Person, clientId: string) {
  await writeFile(await clientFile(this, clientId), '{ "mcpServers": {')
})

Then<World>('the file of {string} now holds:', async function (clientId: string, text: string) {
  this.result()
  assert.equal(await readClientFile(this, clientId), `${text}\n`)
})

Then<World>(
  'the file of {string} now has the servers {names}',
  async function (clientId: string, names: readonly string[]) {
    const servers = await readServers(this, clientId)
    assert.deepEqual(Object.keys(servers).toSorted(), names.toSorted())
  },
)

Then<World>(
  'the file of {string} now starts {string} with the package {string}',
  async function (clientId: string, serverName: string, packageName: string) {
    const { command, args = [] } = await readEntry(this, clientId, serverName)
    assert.equal(command, 'npx')
    assert.ok(args.includes(packageName), args.join(' '))
  },
)

Then<World>(
  'the file of {string} now gives {string} the variables:',
  async function (clientId: string, serverName: string, table: DataTable) {
    this.result()
    const { env = {} } = await readEntry(this, clientId, serverName)
    assert.deepEqual(Object.entries(env), table.raw())
  },
)

Then<World>('the file of {string} has not been touched', async function (clientId: string) {
  const path = await clientFile(this, clientId)
  assert.ok((await stat(path)).mtimeMs <= this.attempted().startedAt, `${path} was written.`)
})

Then<World>(
  'the file of {string} is byte for byte what it was before the first deployment',
  async function (clientId: string) {
    assert.equal(await readClientFile(this, clientId), this.firstFiles.get(clientId))
  },
)
