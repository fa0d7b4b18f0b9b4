import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createFolderStamp } from '../src/folder-stamp.ts'
import { createFolder } from './support/folder.ts'

describe('the stamp of a folder', () => {
  test('is the same object for as long as nothing happens there', async (t) => {
    const { look, time } = await setUp(t)
    const stamp = look()
    time.passMs(200)
    assert.equal(look(), stamp)
  })

  test('belongs to whoever looks: two of them share none', async (t) => {
    const { folder, look } = await setUp(t)
    assert.notEqual(createFolderStamp(folder)(), look())
  })

  for (const [what, change] of Object.entries<(folder: string) => Promise<unknown>>({
    'a file is added': (folder) => writeFile(path.join(folder, 'new'), ''),
    'a file is removed': (folder) => rm(path.join(folder, 'first')),
    'a file is renamed': (folder) => rename(path.join(folder, 'first'), path.join(folder, 'other')),
    'a file is put in the place of another': (folder) =>
      rename(path.join(folder, 'second'), path.join(folder, 'first')),
    'the folder is removed': (folder) => rm(folder, { recursive: true }),
    'another folder takes its place': async (folder) => {
      await mkdir(`${folder}-next`)
      await rename(folder, `${folder}-former`)
      await rename(`${folder}-next`, folder)
    },
  }))
    test(`is another one when ${what}`, async (t) => {
      const { folder, look } = await setUp(t)
      const stamp = look()
      await change(folder)
      assert.notEqual(look(), stamp)
    })

  test('is that of the folder to which a link leads', async (t) => {
    const { folder } = await setUp(t)
    await symlink(folder, `${folder}-link`)
    const look = createFolderStamp(`${folder}-link`)
    const stamp = look()
    assert.equal(look(), stamp)
    await writeFile(path.join(folder, 'new'), '')
    assert.notEqual(look(), stamp)
  })
})

describe('a folder that is not there', () => {
  test('has a stamp, which lasts', async (t) => {
    const { folder } = await setUp(t)
    const look = createFolderStamp(path.join(folder, 'missing'))
    assert.equal(look(), look())
  })

  test('has another one as soon as it is made, and as soon as it is gone', async (t) => {
    const { folder } = await setUp(t)
    const place = path.join(folder, 'missing')
    const look = createFolderStamp(place)
    const missing = look()
    await mkdir(place)
    const made = look()
    assert.notEqual(made, missing)
    await rm(place, { recursive: true })
    const gone = look()
    assert.notEqual(gone, made)
    assert.notEqual(gone, missing)
  })

  test('is no error where a file stands in its way', async (t) => {
    const { folder } = await setUp(t)
    const look = createFolderStamp(path.join(folder, 'first', 'below'))
    assert.equal(look(), look())
  })
})

describe('a stamp does not last', () => {
  test('beyond the second that it was made in, since a file edited in place leaves no mark', async (t) => {
    const { folder, look, time } = await setUp(t)
    const stamp = look()
    await writeFile(path.join(folder, 'first'), 'edited in place')
    time.passMs(998)
    assert.equal(look(), stamp)
    time.passMs(2)
    assert.notEqual(look(), stamp)
  })

  test('longer than it is told', async (t) => {
    const { folder, time } = await setUp(t)
    const look = createFolderStamp(folder, () => 3_500)
    const stamp = look()
    time.passMs(3_499)
    assert.equal(look(), stamp)
    time.passMs(1)
    assert.notEqual(look(), stamp)
  })

  test('beyond the time that it is told', async (t) => {
    const { folder, time } = await setUp(t)
    const look = createFolderStamp(folder, () => 7_000)
    const stamp = look()
    time.passMs(6_999)
    assert.equal(look(), stamp)
    time.passMs(1)
    assert.notEqual(look(), stamp)
  })

  test('when it is told another time, whichever period that makes it', async (t) => {
    const { folder, time } = await setUp(t)
    let longestMs = 1_000
    const look = createFolderStamp(folder, () => longestMs)
    const stamp = look()
    longestMs = 3_000
    // The seventh second is over long since; these are the seventh three.
    time.passMs(14_000)
    assert.notEqual(look(), stamp)
  })

  test('while the last change is so young that the next may bear the same time', async (t) => {
    const { folder, look, time } = await setUp(t)
    time.isMsAfter(statSync(folder).ctimeMs, 100)
    const stamps = [look(), look(), look()]
    assert.equal(new Set(stamps).size, 3)
  })

  test('where the clock of the file system is ahead, so that nobody can tell how young it is', async (t) => {
    const { folder, look, time } = await setUp(t)
    time.isMsAfter(statSync(folder).ctimeMs, -60_000)
    assert.notEqual(look(), look())
  })

  test('from before the change was old enough to after it', async (t) => {
    const { folder, look, time } = await setUp(t)
    const { ctimeMs } = statSync(folder)
    time.isMsAfter(ctimeMs, 50)
    const young = look()
    time.isMsAfter(ctimeMs, 150)
    const old = look()
    assert.notEqual(old, young)
    assert.equal(look(), old)
  })
})

interface Time {
  /** Both clocks go on, within what is left of the second. */
  passMs(ms: number): void
  /** What the clock of the wall shows. */
  isMsAfter(momentMs: number, ms: number): void
}

/** A folder with two files that have been there for a while, at the beginning of a second. */
async function setUp(t: TestContext) {
  const folder = path.join(await createFolder(t), 'folder')
  await mkdir(folder)
  for (const name of ['first', 'second']) await writeFile(path.join(folder, name), name)
  return { folder, look: createFolderStamp(folder), time: stopTime(t) }
}

function stopTime(t: TestContext): Time {
  let steadyMs = 7_000
  let wallMs = Date.now() + 10_000
  t.mock.method(performance, 'now', () => steadyMs)
  t.mock.method(Date, 'now', () => wallMs)
  return {
    passMs(ms) {
      steadyMs += ms
      wallMs += ms
    },
    isMsAfter(momentMs, ms) {
      wallMs = momentMs + ms
    },
  }
}
