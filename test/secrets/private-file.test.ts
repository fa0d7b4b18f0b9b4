import assert from 'node:assert/strict'
import {
  chmod,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import {
  createHourlySweep,
  createPrivateFile,
  makePrivateFolder,
  removePrivateFile,
  writePrivateFile,
} from '../../src/private-file.ts'
import { createFolder } from '../support/folder.ts'

describe('writePrivateFile', () => {
  test('only the owner can read the file, from its first byte on', async (context) => {
    const folder = await createFolder(context)
    withUmask(context, 0)
    const modes: string[] = []
    const prototype = await handlePrototype(folder)
    const { writeFile } = prototype
    context.mock.method(prototype, 'writeFile', async function (this: FileHandle, bytes: string) {
      modes.push(...(await Promise.all((await readdir(folder)).map((name) => modeOf(join(folder, name))))))
      await writeFile.call(this, bytes)
    })

    await writePrivateFile(join(folder, 'key.pem'), 'private')

    assert.deepEqual(modes, ['600'])
    assert.equal(await modeOf(join(folder, 'key.pem')), '600')
  })

  test('a mode that is asked for is given whatever the umask', async (context) => {
    const folder = await createFolder(context)
    withUmask(context, 0o077)

    await writePrivateFile(join(folder, 'public.pem'), 'public', { mode: 0o644 })

    assert.equal(await modeOf(join(folder, 'public.pem')), '644')
  })

  test('who has the old file open keeps the old bytes', async (context) => {
    const folder = await createFolder(context)
    const path = join(folder, 'secret')
    await writeFile(path, 'old')
    await link(path, join(folder, 'held'))

    await writePrivateFile(path, Buffer.from('new'))

    assert.equal(await readFile(path, 'utf8'), 'new')
    assert.equal(await readFile(join(folder, 'held'), 'utf8'), 'old')
  })

  test('the bytes are synced before the rename and the folder after it', async (context) => {
    const folder = await createFolder(context)
    const path = join(folder, 'secret')
    const renamed = await whenSynced(context, folder, async () => (await readdir(folder)).includes('secret'))

    await writePrivateFile(path, 'value')

    assert.deepEqual(renamed, [false, true])
  })

  test('a full disk leaves the old bytes and nothing beside them', async (context) => {
    const folder = await createFolder(context)
    const path = join(folder, 'secret')
    await writeFile(path, 'old')
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    context.mock.method(await handlePrototype(folder), 'sync', () => Promise.reject(full))

    await assert.rejects(writePrivateFile(path, 'new'), {
      code: 'write_failed',
      message: /ENOSPC/,
      cause: full,
    })

    assert.equal(await readFile(path, 'utf8'), 'old')
    assert.deepEqual(await readdir(folder), ['secret'])
  })

  test('a folder in the place of the file is write_failed and stays', async (context) => {
    const folder = await createFolder(context)
    await mkdir(join(folder, 'secret'))

    await assert.rejects(writePrivateFile(join(folder, 'secret'), 'new'), { code: 'write_failed' })

    assert.deepEqual(await readdir(folder), ['secret'])
  })

  test('trouble without a code of the system is write_failed, too', async (context) => {
    const folder = await createFolder(context)
    context.mock.method(await handlePrototype(folder), 'sync', () => Promise.reject(new Error('odd')))

    await assert.rejects(writePrivateFile(join(folder, 'secret'), 'new'), { message: /unknown reason/ })
  })
})

describe('what a process that was killed left beside a file', () => {
  const leftover = '.mcp-orchestration-5e4377d7.tmp'
  const others = ['.5e4377d7.tmp', '.mcp-orchestration-notes', 'mine.tmp']

  test('goes with the next write into that folder, and nothing else does', async (context) => {
    for (const write of [writePrivateFile, createPrivateFile]) {
      const folder = await createFolder(context)
      for (const name of [leftover, ...others]) await writeOld(join(folder, name))

      await write(join(folder, 'secret'), 'value')

      assert.deepEqual((await readdir(folder)).sort(), [...others, 'secret'].sort())
    }
  })

  test('stays while it may be what another process is writing', async (context) => {
    const folder = await createFolder(context)
    await writeFile(join(folder, leftover), 'half')

    await writePrivateFile(join(folder, 'secret'), 'value')

    assert.deepEqual((await readdir(folder)).sort(), [leftover, 'secret'])
  })

  test('stands in no write’s way when it can’t be removed', async (context) => {
    const folder = await createFolder(context)
    await mkdir(join(folder, leftover))
    await utimes(join(folder, leftover), 0, 0)

    await writePrivateFile(join(folder, 'secret'), 'value')

    assert.equal(await readFile(join(folder, 'secret'), 'utf8'), 'value')
  })

  test('is looked for once an hour where one asks for no more, in each folder for itself', async (context) => {
    const [folder, other] = [await createFolder(context), await createFolder(context)]
    const now = context.mock.method(performance, 'now', () => 0)
    const sweep = createHourlySweep()
    const isLeft = async (where: string) => {
      await writeOld(join(where, leftover))
      await writePrivateFile(join(where, 'secret'), 'value', { sweep })
      return (await readdir(where)).includes(leftover)
    }

    const atFirst = [await isLeft(folder), await isLeft(folder), await isLeft(other)]
    now.mock.mockImplementation(() => hourMs)

    assert.deepEqual([...atFirst, await isLeft(folder)], [false, true, false, false])
  })

  test('can be taken from a write that was frozen for too long: it fails, and the file is as it was', async (context) => {
    const folder = await createFolder(context)
    await writeFile(join(folder, 'secret'), 'old')
    const prototype = await handlePrototype(folder)
    context.mock.method(prototype, 'sync', async () => {
      context.mock.restoreAll()
      for (const name of (await readdir(folder)).filter((each) => each.endsWith('.tmp')))
        await utimes(join(folder, name), 0, 0)
      await writePrivateFile(join(folder, 'other'), 'value')
    })

    await assert.rejects(writePrivateFile(join(folder, 'secret'), 'new'), { code: 'write_failed' })

    assert.equal(await readFile(join(folder, 'secret'), 'utf8'), 'old')
  })
})

const hourMs = 60 * 60 * 1000

async function writeOld(path: string): Promise<void> {
  await writeFile(path, 'half')
  await utimes(path, 0, 0)
}

describe('createPrivateFile', () => {
  test('of twenty at once exactly one makes the file', async (context) => {
    const folder = await createFolder(context)
    const path = join(folder, 'key.pem')
    const numbers = Array.from({ length: 20 }, (_, number) => number)

    const made = await Promise.all(numbers.map((number) => createPrivateFile(path, `key ${number}`)))

    assert.deepEqual(
      made.filter((each) => each),
      [true],
    )
    assert.equal(await readFile(path, 'utf8'), `key ${made.indexOf(true)}`)
    assert.deepEqual(await readdir(folder), ['key.pem'])
  })

  test('it is synced, and then its folder is', async (context) => {
    const folder = await createFolder(context)
    const there = await whenSynced(context, folder, async () => (await readdir(folder)).includes('key.pem'))

    await createPrivateFile(join(folder, 'key.pem'), 'key')

    assert.deepEqual(there, [false, true])
  })

  test('a folder that is not there is write_failed', async (context) => {
    const folder = await createFolder(context)

    await assert.rejects(createPrivateFile(join(folder, 'none', 'key.pem'), 'key'), {
      code: 'write_failed',
      message: /ENOENT/,
    })
  })

  test('a path that no file can have is write_failed and leaves nothing behind', async (context) => {
    const folder = await createFolder(context)

    await assert.rejects(createPrivateFile(join(folder, 'k'.repeat(300)), 'key'), { code: 'write_failed' })

    assert.deepEqual(await readdir(folder), [])
  })
})

describe('removePrivateFile', () => {
  test('a file is gone, and gone for good', async (context) => {
    const folder = await createFolder(context)
    await writeFile(join(folder, 'secret'), 'value')
    const there = await whenSynced(context, folder, async () => (await readdir(folder)).includes('secret'))

    await removePrivateFile(join(folder, 'secret'))

    assert.deepEqual(there, [false])
  })

  test('one that is not there is no trouble', async (context) => {
    const folder = await createFolder(context)

    await assert.doesNotReject(removePrivateFile(join(folder, 'secret')))
  })

  test('one that cannot be removed is write_failed', async (context) => {
    const folder = await createFolder(context)
    await mkdir(join(folder, 'secret'))

    await assert.rejects(removePrivateFile(join(folder, 'secret')), { code: 'write_failed' })
  })
})

describe('makePrivateFolder', () => {
  test('only the owner can enter the folder and the parents made for it', async (context) => {
    const folder = await createFolder(context)
    withUmask(context, 0)

    await makePrivateFolder(join(folder, 'home', 'keys'))

    assert.equal(await modeOf(join(folder, 'home')), '700')
    assert.equal(await modeOf(join(folder, 'home', 'keys')), '700')
  })

  test('the name of each new folder is synced', async (context) => {
    const folder = await createFolder(context)
    const synced = await foldersSynced(context, folder)

    await makePrivateFolder(join(folder, 'home', 'keys'))

    const names = await Promise.all(
      [folder, join(folder, 'home')].map(async (path) => (await stat(path)).ino),
    )
    assert.deepEqual(synced, names)
  })

  test('an existing folder keeps its mode', async (context) => {
    const folder = await createFolder(context)
    await chmod(folder, 0o755)

    await makePrivateFolder(folder)

    assert.equal(await modeOf(folder), '755')
  })

  test('a file in its place is write_failed', async (context) => {
    const folder = await createFolder(context)
    await writeFile(join(folder, 'home'), '')

    await assert.rejects(makePrivateFolder(join(folder, 'home', 'keys')), { code: 'write_failed' })
  })
})

function withUmask(context: TestContext, mask: number): void {
  const former = process.umask(mask)
  context.after(() => process.umask(former))
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

/** What holds each time something is synced, in order. */
async function whenSynced<T>(context: TestContext, folder: string, look: () => Promise<T>): Promise<T[]> {
  const seen: T[] = []
  context.mock.method(await handlePrototype(folder), 'sync', async () => void seen.push(await look()))
  return seen
}

async function foldersSynced(context: TestContext, folder: string): Promise<number[]> {
  const seen: number[] = []
  context.mock.method(await handlePrototype(folder), 'sync', async function (this: FileHandle) {
    seen.push((await this.stat()).ino)
  })
  return seen
}

/** Node exports no class of file handles. */
async function handlePrototype(folder: string): Promise<FileHandle> {
  await using handle = await open(folder, 'r')
  return Object.getPrototypeOf(handle)
}
