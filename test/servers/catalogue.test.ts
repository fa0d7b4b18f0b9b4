import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { OrchestrationError } from '../../src/errors.ts'
import { createFolderStamp } from '../../src/folder-stamp.ts'
import { type Catalogue, createCatalogue, type RejectedFile } from '../../src/servers/catalogue.ts'
import {
  type CatalogueServer,
  createSearch,
  toSearchText,
  transportCounts,
} from '../../src/servers/catalogue-server.ts'
import { eventually } from '../support/eventually.ts'
import { npmPackage, remote, serverJson } from './server-json-of.ts'

let home: string
let userFolder: string
let reported: RejectedFile[]
let catalogue: Catalogue

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'catalogue-'))
  userFolder = join(home, 'servers')
  reported = []
  catalogue = createCatalogue({ userFolder, onRejected: (file) => reported.push(file) })
})
afterEach(() => rm(home, { recursive: true }))

const sound = (title = 'Weather') => JSON.stringify(serverJson({ title, remotes: [remote()] }))

async function put(file: string, content: string | Uint8Array): Promise<string> {
  await mkdir(userFolder, { recursive: true })
  const path = join(userFolder, file)
  await writeFile(path, content)
  return path
}

async function titleOf(serverId: string): Promise<string> {
  return (await catalogue.get(serverId)).displayName
}

async function ownIds(): Promise<readonly string[]> {
  const builtin = await createCatalogue({ userFolder: join(home, 'none') }).list()
  const known = new Set(builtin.map(({ serverId }) => serverId))
  return (await catalogue.list()).map(({ serverId }) => serverId).filter((serverId) => !known.has(serverId))
}

async function listedTitle(serverId: string): Promise<string | undefined> {
  return (await catalogue.list()).find((server) => server.serverId === serverId)?.displayName
}

/** A folder that has just changed is read at each call. */
async function untilSettled(): Promise<void> {
  const look = createFolderStamp(userFolder)
  await eventually(() => assert.equal(look(), look()))
}

/** What is left out now, as a catalogue tells it that has told nothing yet. */
async function rejected(): Promise<readonly RejectedFile[]> {
  const told: RejectedFile[] = []
  await createCatalogue({ userFolder, onRejected: (file) => told.push(file) }).list()
  return told
}

async function pagesOf(filter: Parameters<Catalogue['list']>[0], limit = 7) {
  const servers: CatalogueServer[] = []
  for (;;) {
    const after = servers.at(-1)?.serverId
    const page = await catalogue.page({ ...filter, limit, ...(after !== undefined && { after }) })
    assert.ok(page.servers.every(({ serverId }) => serverId > (after ?? '')))
    servers.push(...page.servers)
    if (page.servers.length < limit) return { ...page, servers }
  }
}

describe('the catalogue', () => {
  test('lists the built-in servers by id when the user has no folder', async () => {
    const ids = (await catalogue.list()).map(({ serverId }) => serverId)
    assert.deepEqual(ids, ids.toSorted())
    assert.ok(ids.includes('filesystem') && ids.length >= 30)
    assert.deepEqual(await rejected(), [])
  })

  test('narrows by transport and search together', async () => {
    const ids = async (filter: Parameters<Catalogue['list']>[0]) =>
      (await catalogue.list(filter)).map(({ serverId }) => serverId)
    assert.deepEqual(await ids({ search: 'GitHub token', transport: 'sse' }), [])
    assert.deepEqual(await ids({ search: 'sentry (hosted)' }), ['sentry-remote'])
    assert.deepEqual(await ids({ search: 'SENTRY', transport: 'stdio' }), ['sentry'])
    assert.deepEqual(await ids({ search: '@notionhq/notion-mcp-server' }), ['notion'])
  })

  test('gives the same in pages, with the counts of all that is found', async () => {
    const all = await catalogue.list()
    for (const search of ['', ' ', 'github', 'nothing like this']) {
      const found = all.filter((server) => createSearch(search)(toSearchText(server)))
      for (const transport of [undefined, 'stdio', 'streamable-http'] as const) {
        const page = await pagesOf({ search, ...(transport && { transport }) })
        const wanted = found.filter((server) => transport === undefined || server.transport === transport)
        assert.deepEqual(page.servers, wanted)
        assert.deepEqual(page.transportCounts, transportCounts(found))
      }
    }
  })

  test('knows the packages of its servers', async () => {
    const packages = await catalogue.packages()
    assert.ok(packages.has('@modelcontextprotocol/server-memory'))
    await put(
      'mine.json',
      JSON.stringify(serverJson({ packages: [npmPackage({ identifier: '@team/mine' })] })),
    )
    assert.ok((await catalogue.packages()).has('@team/mine'))
  })

  test('knows nothing of a server that is not there', async () => {
    for (const serverId of ['weather', '__proto__', '../filesystem', 'x'.repeat(9999)]) {
      await assert.rejects(catalogue.get(serverId), (error) => {
        assert.ok(error instanceof OrchestrationError)
        assert.equal(error.code, 'server_not_found')
        assert.ok(error.message.length < 200, error.message)
        return true
      })
    }
  })
})

describe('the built-in servers', () => {
  test('are looked for again when they could not be read', async () => {
    const builtinFolder = pathToFileURL(join(home, 'builtin/'))
    catalogue = createCatalogue({ userFolder, builtinFolder })
    await assert.rejects(catalogue.list(), { code: 'ENOENT' })
    await mkdir(builtinFolder)
    await writeFile(new URL('weather.json', builtinFolder), sound())
    assert.equal((await catalogue.list()).length, 1)
  })

  test('are not taken with a fault in them', async () => {
    const builtinFolder = pathToFileURL(`${userFolder}/`)
    await put('weather.json', JSON.stringify(serverJson({})))
    catalogue = createCatalogue({ userFolder, builtinFolder })
    await assert.rejects(catalogue.list(), {
      code: 'internal_error',
      message: /weather\.json is unsound: it has neither/,
    })
  })
})

describe("a user's server.json", () => {
  test('joins the catalogue under the name of its file, in its order', async () => {
    await put('gitea.json', `\ufeff${sound()}`)
    const server = await catalogue.get('gitea')
    assert.deepEqual([server.serverId, server.displayName], ['gitea', 'Weather'])
    const ids = (await catalogue.list()).map(({ serverId }) => serverId)
    assert.equal(ids[ids.indexOf('gitea') - 1], 'git')
  })

  test('is described as it is at the call, whether it comes, changes or goes', async () => {
    await assert.rejects(titleOf('weather'), { code: 'server_not_found' })
    const path = await put('weather.json', sound('One'))
    assert.equal(await titleOf('weather'), 'One')
    await put('weather.json', sound('Three'))
    assert.equal(await titleOf('weather'), 'Three')
    await rename(await put('.weather.json', sound('Seven')), path)
    assert.equal(await titleOf('weather'), 'Seven')
    await unlink(path)
    await assert.rejects(titleOf('weather'), { code: 'server_not_found' })
  })

  test('is listed at the next call when it comes, is replaced or goes', async () => {
    assert.deepEqual(await ownIds(), [])
    const path = await put('weather.json', sound('One'))
    assert.equal(await listedTitle('weather'), 'One')
    await untilSettled()
    await rename(await put('.weather.json', sound('Seven')), path)
    assert.equal(await listedTitle('weather'), 'Seven')
    await untilSettled()
    await unlink(path)
    assert.deepEqual(await ownIds(), [])
  })

  test('is listed anew within a second when it is edited in place, even if it was described meanwhile', async () => {
    await put('weather.json', sound('One'))
    await untilSettled()
    assert.equal(await listedTitle('weather'), 'One')
    await put('weather.json', sound('Three'))
    assert.equal(await titleOf('weather'), 'Three')
    await eventually(async () => assert.equal(await listedTitle('weather'), 'Three'))
  })

  test('is described without a look at the others', async () => {
    await put('broken.json', 'x')
    await put('weather.json', sound())
    assert.equal(await titleOf('weather'), 'Weather')
    assert.deepEqual(reported, [])
  })

  test('is not read again while it stays the same', async () => {
    await put('weather.json', sound())
    assert.equal(await catalogue.get('weather'), await catalogue.get('weather'))
  })

  test('may be a symbolic link to a file', async () => {
    await writeFile(join(home, 'elsewhere'), sound())
    await mkdir(userFolder)
    await symlink(join(home, 'elsewhere'), join(userFolder, 'weather.json'))
    assert.deepEqual(await ownIds(), ['weather'])
  })

  test('is seen by every caller of a crowd that came after it', async () => {
    await put('weather.json', sound('One'))
    const early = Promise.all([catalogue.list(), catalogue.list()])
    await put('other.json', sound('Two'))
    const late = await Promise.all(Array.from({ length: 20 }, () => catalogue.get('other')))
    assert.equal(new Set(late).size, 1)
    assert.equal((await early).length, 2)
  })

  test('loses against the built-in server of the same name', async () => {
    await put('memory.json', sound('Mine'))
    assert.equal(await titleOf('memory'), 'Memory')
    assert.match(JSON.stringify(await rejected()), /memory is built in, and that one wins/)
  })

  test('that is hidden, or no JSON by its name, is nobody to report', async () => {
    await put('.hidden.json', 'x')
    await put('README.md', 'x')
    await put('weather.json~', 'x')
    assert.deepEqual([await ownIds(), await rejected()], [[], []])
  })
})

describe('a bad file is left out with a reason', () => {
  const bad: readonly (readonly [string, string, (path: string) => unknown, RegExp])[] = [
    [
      'no JSON',
      'a.json',
      (path) => writeFile(path, '{"a": 1,\n  "b": 2 "c": 3}'),
      /^it is no JSON \(line 2 column 10\)$/,
    ],
    ['cut off', 'a.json', (path) => writeFile(path, '{"name": "hunter2'), /^it is no JSON/],
    ['not UTF-8', 'a.json', (path) => writeFile(path, Buffer.from([0x22, 0xff, 0x22])), /^it is not UTF-8$/],
    ['empty', 'a.json', (path) => writeFile(path, ''), /^it is no JSON$/],
    [
      'of another shape',
      'a.json',
      (path) => writeFile(path, '{"mcpServers":{}}'),
      /^it is no server\.json: the top level/,
    ],
    [
      'unreachable',
      'a.json',
      (path) => writeFile(path, JSON.stringify(serverJson({}))),
      /^it has neither a package/,
    ],
    [
      'huge',
      'a.json',
      (path) => writeFile(path, sound() + ' '.repeat(256 * 1024)),
      /^it has more than 256 KiB$/,
    ],
    [
      'no object, though its size says that it is empty',
      'a.json',
      async (path) => {
        await writeFile('/proc/self/comm', '[1, 2]')
        await symlink('/proc/self/comm', path)
      },
      /^it is no server\.json: the top level must be object$/,
    ],
    ['endless', 'a.json', (path) => symlink('/dev/zero', path), /^it is no regular file$/],
    ['a folder', 'a.json', (path) => mkdir(path), /^it is a folder$/],
    [
      'a link to itself',
      'a.json',
      (path) => symlink(path, path),
      /^it is a symbolic link that leads back to itself$/,
    ],
    [
      'a link to nothing',
      'a.json',
      (path) => symlink(`${path}.gone`, path),
      /^it is gone, or a symbolic link/,
    ],
    [
      'a pipe that nobody fills',
      'a.json',
      (path) => execFileSync('mkfifo', [path]),
      /^it is no regular file$/,
    ],
    [
      'called what no server can be',
      'My Server.json',
      (path) => writeFile(path, sound()),
      /^its base name is no server id/,
    ],
    [
      'called __proto__',
      '__proto__.json',
      (path) => writeFile(path, sound()),
      /^its base name is no server id/,
    ],
  ]
  for (const [title, file, make, reason] of bad) {
    test(`when it is ${title}`, async () => {
      await put('good.json', sound())
      await make(join(userFolder, file))
      assert.deepEqual(await ownIds(), ['good'])
      const [first, ...others] = await rejected()
      assert.deepEqual([first?.file, others], [file, []])
      assert.match(first?.reason ?? '', reason)
      assert.doesNotMatch(first?.reason ?? '', /hunter2/)
    })
  }

  test('and so is the folder when it is none', async () => {
    await writeFile(userFolder, 'x')
    assert.deepEqual(await rejected(), [{ file: '.', reason: 'it is no folder' }])
    assert.ok((await catalogue.list()).length >= 30)
  })

  test('which is told once, and again when there is another', async () => {
    await put('a.json', 'x')
    await catalogue.list()
    await catalogue.list()
    assert.deepEqual(reported, [{ file: 'a.json', reason: 'it is no JSON' }])
    await put('a.json', '[]')
    await eventually(async () => {
      await catalogue.list()
      assert.deepEqual(
        reported.map(({ reason }) => reason),
        ['it is no JSON', 'it is no server.json: the top level must be object'],
      )
    })
  })

  test('which who asks for that server is told, too', async () => {
    await put('weather.json', '{}')
    await assert.rejects(catalogue.get('weather'), /weather\.json was left out: it is no server\.json/)
  })

  test('until it is mended', async () => {
    await put('weather.json', '{}')
    assert.equal((await rejected()).length, 1)
    await put('weather.json', sound())
    assert.deepEqual([await rejected(), await ownIds()], [[], ['weather']])
  })
})
