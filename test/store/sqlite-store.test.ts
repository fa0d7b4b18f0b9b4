import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { childProgram, newFile, openStore, withDatabase } from './sqlite-support.ts'
import { describeStore } from './store-contract.ts'

describeStore('sqlite', async (t, options) => openStore(t, { file: await newFile(t), ...options }))

describe('sqlite: the file', () => {
  test('nothing is made before the first call', async (t) => {
    const file = await newFile(t)
    openStore(t, { file })
    await assert.rejects(stat(path.dirname(file)), { code: 'ENOENT' })
  })

  test('only the owner can enter the folder and read the files, whatever the umask', async (t) => {
    const file = await newFile(t)
    const before = process.umask(0)
    t.after(() => process.umask(before))
    await openStore(t, { file }).commit({ put: { a: 1 } })
    assert.equal(await modeOf(path.dirname(file)), 0o700)
    for (const suffix of ['', '-wal', '-shm']) assert.equal(await modeOf(file + suffix), 0o600)
  })

  test('a file that others could read is closed to them, a folder keeps its mode', async (t) => {
    const file = await newFile(t)
    await mkdir(path.dirname(file), { mode: 0o755 })
    await writeFile(file, '', { mode: 0o644 })
    await openStore(t, { file }).commit({ put: { a: 1 } })
    assert.equal(await modeOf(file), 0o600)
    assert.equal(await modeOf(path.dirname(file)), 0o755)
  })

  test('a link leads to the file, even if that is not there yet', async (t) => {
    const file = await newFile(t)
    const target = await newFile(t)
    await mkdir(path.dirname(file))
    await mkdir(path.dirname(target))
    await symlink(target, file)
    const before = process.umask(0)
    t.after(() => process.umask(before))
    const store = openStore(t, { file })
    await store.commit({ put: { a: 1 } })
    assert.equal(await modeOf(target), 0o600)
    assert.equal((await store.get('a'))?.value, 1)
  })

  test('what was committed is there after a restart, and the revision goes on', async (t) => {
    const file = await newFile(t)
    const before = openStore(t, { file })
    await before.commit({ put: { a: { list: [1] } } })
    await before.close()
    const after = openStore(t, { file })
    assert.deepEqual(await after.get('a'), { key: 'a', value: { list: [1] }, revision: 1 })
    assert.deepEqual(await after.commit({ put: { b: 1 } }), { committed: true, revision: 2 })
  })

  test('closing waits for what was taken, then lets go of the file', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    const commit = store.commit({ put: { a: 1 } })
    await store.close()
    assert.deepEqual(await commit, { committed: true, revision: 1 })
    // SQLite takes the log away when its last connection is closed.
    await assert.rejects(stat(`${file}-wal`), { code: 'ENOENT' })
  })

  test('commits that resolved outlive a process that is killed; one that did not is whole or absent', async (t) => {
    const file = await newFile(t)
    const child = spawn(process.execPath, [childProgram, 'crash', file])
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
    const last = Number(printed.trim().split('\n').at(-1))
    const store = openStore(t, { file })
    for (let count = 1; count <= last; count += 1) assert.equal((await store.get(`k${count}`))?.value, count)
    assert.equal(last, 20)
    assert.equal(await store.get('half'), await store.get('way'))
  })

  test('history is kept for as many revisions as were asked for, and no more', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, historyRevisions: 5 })
    for (let value = 1; value <= 20; value += 1) await store.commit({ put: { a: value, b: value } })
    const history = withDatabase(file, (database) =>
      database.prepare('SELECT DISTINCT revision FROM history').all(),
    )
    assert.deepEqual(
      history.map(({ revision }) => revision),
      [16, 17, 18, 19, 20],
    )
  })

  test('commits that arrive together are one transaction with one sync', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { a: 1 } })
    const before = await transactionsIn(file)
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => store.commit({ put: { [`k${index}`]: index } })),
    )
    assert.equal(await transactionsIn(file), before + 1)
    for (let index = 0; index < 3; index += 1) await store.commit({ put: { a: index } })
    assert.equal(await transactionsIn(file), before + 4)
  })

  test('more commits than one transaction takes are done in several, in order', async (t) => {
    const store = openStore(t, { file: await newFile(t) })
    const results = await Promise.all(
      Array.from({ length: 2_500 }, (_, index) => store.commit({ put: { [`k${index}`]: index } })),
    )
    assert.deepEqual(results.at(0), { committed: true, revision: 1 })
    assert.deepEqual(results.at(-1), { committed: true, revision: 2_500 })
  })
})

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777
}

/** How many frames of the write-ahead log end a transaction: https://www.sqlite.org/fileformat2.html#walformat */
async function transactionsIn(file: string): Promise<number> {
  const log = await readFile(`${file}-wal`)
  const [headerBytes, frameBytes] = [32, 24 + log.readUInt32BE(8)]
  let count = 0
  for (let at = headerBytes; at < log.length; at += frameBytes) if (log.readUInt32BE(at + 4) > 0) count += 1
  return count
}
