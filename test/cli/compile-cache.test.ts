import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { cacheHome, makeCacheFolder } from '../../src/cli/compile-cache.ts'
import { type Bin, createSandbox, run, type Sandbox, start } from '../support/sandbox.ts'

describe('the folder of what V8 has compiled', () => {
  test('is made for its owner alone, with the one above it', async (t) => {
    const home = path.join((await createSandbox(t)).folder, 'cache')
    const folder = makeCacheFolder(home)
    assert.equal(folder, path.join(home, 'mcp-orchestration'))
    for (const each of [home, folder]) assert.equal(await modeOf(each), 0o700)
  })

  test('is used again, also where others may read', async (t) => {
    const { home, folder } = await madeIn(t)
    for (const each of [home, folder]) await chmod(each, 0o755)
    assert.equal(makeCacheFolder(home), folder)
  })

  for (const mode of [0o770, 0o702, 0o1777]) {
    test(`is not used where others may write: ${mode.toString(8)}`, async (t) => {
      const { home, folder } = await madeIn(t)
      for (const each of [home, folder]) {
        await chmod(each, mode)
        assert.equal(makeCacheFolder(home), undefined)
        await chmod(each, 0o700)
      }
      assert.equal(makeCacheFolder(home), folder)
    })
  }

  test("is not used where it is somebody else's", async (t) => {
    const { home, folder } = await madeIn(t)
    const uid = process.geteuid?.() ?? 0
    if (uid === 0) await chown(folder, 4242, 4242)
    assert.equal(makeCacheFolder(home, uid === 0 ? uid : uid + 1), undefined)
  })

  test('is not used where a link leads elsewhere', async (t) => {
    const { folder: elsewhere } = await madeIn(t)
    const home = path.join((await createSandbox(t)).folder, 'cache')
    await mkdir(home, { mode: 0o700 })
    await symlink(elsewhere, path.join(home, 'mcp-orchestration'))
    assert.equal(makeCacheFolder(home), undefined)
  })

  test('is done without where it cannot be made', async (t) => {
    const file = path.join((await createSandbox(t)).folder, 'file')
    await writeFile(file, '')
    for (const home of [file, path.join(file, 'cache'), path.join(file, '..', 'no', 'such', 'folder')])
      assert.equal(makeCacheFolder(home), undefined)
    assert.equal(await readFile(file, 'utf8'), '')
  })
})

test('it lies where the system keeps what its user can do without', () => {
  const user = homedir()
  const places = [
    cacheHome({}, 'linux'),
    cacheHome({ XDG_CACHE_HOME: '/var/cache/priya' }, 'linux'),
    cacheHome({ XDG_CACHE_HOME: 'not/absolute' }, 'linux'),
    cacheHome({ XDG_CACHE_HOME: '/var/cache/priya' }, 'darwin'),
    cacheHome({ LOCALAPPDATA: 'C:\\Users\\priya\\AppData\\Local' }, 'win32'),
  ]
  assert.deepEqual(places, [
    path.join(user, '.cache'),
    '/var/cache/priya',
    path.join(user, '.cache'),
    path.join(user, 'Library', 'Caches'),
    'C:\\Users\\priya\\AppData\\Local',
  ])
})

test('it lies nowhere for a user who has no home', () => {
  const noHome = () => {
    throw new Error('uv_os_homedir returned ENOENT')
  }
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    assert.equal(cacheHome({}, platform, noHome), undefined)
  assert.equal(cacheHome({ XDG_CACHE_HOME: '/var/cache/priya' }, 'linux', noHome), '/var/cache/priya')
})

describe('a command that serves', () => {
  for (const [bin, args] of [
    ['serve-http', ['--port', '0']],
    ['mcp-orchestration', ['serve-http', '--port', '0']],
  ] as const) {
    test(`keeps what V8 compiled, out of the reach of others: ${bin} ${args.join(' ')}`, async (t) => {
      const { sandbox, cache } = await withCache(t)
      await serveOnce(sandbox, bin, args)
      assert.ok((await compiledIn(cache)).length > 100)
      assert.equal(await modeOf(cache), 0o700)
    })
  }

  test('keeps it over stdio, too', async (t) => {
    const { sandbox, cache } = await withCache(t)
    const { code } = await run(sandbox, 'mcp-orchestration', [])
    assert.equal(code, 0)
    assert.ok((await compiledIn(cache)).length > 100)
  })

  test('starts all the same, and says nothing of it, where nothing can be kept', async (t) => {
    const { sandbox } = await withCache(t)
    const file = path.join(sandbox.folder, 'file')
    await writeFile(file, '')
    const stderr = await serveOnce(sandbox, 'serve-http', ['--port', '0'], { XDG_CACHE_HOME: file })
    assert.doesNotMatch(stderr, /cache/i)
  })

  test('leaves it to NODE_COMPILE_CACHE where that says another folder', async (t) => {
    const { sandbox, cache } = await withCache(t)
    const other = path.join(sandbox.folder, 'other')
    await serveOnce(sandbox, 'serve-http', ['--port', '0'], { NODE_COMPILE_CACHE: other })
    assert.ok((await compiledIn(other)).length > 100)
    await assert.rejects(stat(cache), { code: 'ENOENT' })
  })

  test('keeps nothing with NODE_DISABLE_COMPILE_CACHE', async (t) => {
    const { sandbox, cache } = await withCache(t)
    await serveOnce(sandbox, 'serve-http', ['--port', '0'], { NODE_DISABLE_COMPILE_CACHE: '1' })
    await assert.rejects(stat(cache), { code: 'ENOENT' })
  })
})

for (const args of [['--help'], ['serve-http', '--help'], ['verify', '--help'], ['call', 'list_clients']]) {
  test(`a command that does one thing and ends leaves nothing behind: ${args.join(' ')}`, async (t) => {
    const { sandbox, cache } = await withCache(t)
    const { code } = await run(sandbox, 'mcp-orchestration', args)
    assert.equal(code, 0)
    await assert.rejects(stat(cache), { code: 'ENOENT' })
  })
}

/** A cache home of its own, with the product's folder in it. */
async function madeIn(t: TestContext): Promise<{ readonly home: string; readonly folder: string }> {
  const home = path.join((await createSandbox(t)).folder, 'cache')
  return { home, folder: makeCacheFolder(home) ?? assert.fail('no folder') }
}

/** A sandbox in which what is compiled is kept, as it is for users. */
async function withCache(t: TestContext) {
  const made = await createSandbox(t)
  const home = path.join(made.folder, 'cache')
  const { NODE_DISABLE_COMPILE_CACHE, ...env } = made.env
  const sandbox: Sandbox = { ...made, env: { ...env, XDG_CACHE_HOME: home } }
  return { sandbox, cache: path.join(home, 'mcp-orchestration') }
}

/** What it said on stderr, from its start to its end by a signal. */
async function serveOnce(
  sandbox: Sandbox,
  bin: Bin,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const server = start(sandbox, bin, args, { env })
  await server.says(/Server running on/)
  server.child.kill('SIGTERM')
  const { code, stderr } = await server.ended
  assert.equal(code, 0)
  return stderr
}

async function compiledIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o7777
}
