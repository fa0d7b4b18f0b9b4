import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { OrchestrationError } from '../../src/errors.ts'
import { toUnavailable } from '../../src/store/sqlite-trouble.ts'
import { newFile, openStore, runChild, withDatabase } from './sqlite-support.ts'
import { collect, hasCode } from './store-contract.ts'

const unavailable = hasCode('store_unavailable')

describe('sqlite: trouble below', () => {
  test('a file that is no database is store_unavailable, stays as it is, and is no trouble once it is gone', async (t) => {
    const file = await newFile(t)
    await mkdir(path.dirname(file))
    await writeFile(file, 'notes of mine, not a database at all\n'.repeat(200))
    const store = openStore(t, { file })
    await assert.rejects(store.get('a'), hasCode('store_unavailable', /damaged or no database/))
    await assert.rejects(store.commit({ put: { a: 1 } }), unavailable)
    await assert.rejects(collect(store.watch(''), 1), unavailable)
    assert.match(await readFile(file, 'utf8'), /^notes of mine/)
    await rm(file)
    assert.deepEqual(await store.commit({ put: { a: 1 } }), { committed: true, revision: 1 })
  })

  test('a damaged page is store_unavailable', async (t) => {
    const file = await newFile(t)
    const before = openStore(t, { file })
    await before.commit({
      put: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, 'x'.repeat(100)])),
    })
    await before.close()
    const bytes = await readFile(file)
    await writeFile(file, bytes.fill(0xff, 4096, bytes.length))
    const store = openStore(t, { file })
    await assert.rejects(store.list(''), hasCode('store_unavailable', /damaged/))
    await assert.rejects(store.commit({ put: { a: 1 } }), unavailable)
  })

  test('the database of another program is refused and stays as it is', async (t) => {
    const file = await newFile(t)
    await mkdir(path.dirname(file))
    withDatabase(file, (database) =>
      database.exec("CREATE TABLE recipes (name); INSERT INTO recipes VALUES ('soup')"),
    )
    const before = await readFile(file)
    await assert.rejects(openStore(t, { file }).get('a'), hasCode('store_unavailable', /another program/))
    assert.deepEqual(await readFile(file), before)
  })

  test('a store of another version is refused', async (t) => {
    const file = await newFile(t)
    const before = openStore(t, { file })
    await before.commit({ put: { a: 1 } })
    await before.close()
    withDatabase(file, (database) => database.exec('PRAGMA user_version = 2'))
    await assert.rejects(openStore(t, { file }).get('a'), hasCode('store_unavailable', /another version/))
  })

  test('a store without its tables is store_unavailable', async (t) => {
    const file = await newFile(t)
    const before = openStore(t, { file })
    await before.commit({ put: { a: 1 } })
    await before.close()
    withDatabase(file, (database) => database.exec('DROP TABLE history'))
    await assert.rejects(openStore(t, { file }).get('a'), hasCode('store_unavailable', /The log says why/))
  })

  test('a home below a regular file is store_unavailable until that is mended', async (t) => {
    const file = await newFile(t)
    await writeFile(path.dirname(file), 'a file where the home should be')
    const store = openStore(t, { file })
    await assert.rejects(store.get('a'), unavailable)
    await assert.rejects(
      Promise.all([store.commit({ put: { a: 1 } }), store.commit({ put: { b: 1 } })]),
      unavailable,
    )
    await rm(path.dirname(file))
    assert.deepEqual(await store.commit({ put: { a: 1 } }), { committed: true, revision: 1 })
  })

  test('a folder in place of the file is store_unavailable', async (t) => {
    const file = await newFile(t)
    await mkdir(file, { recursive: true })
    await assert.rejects(openStore(t, { file }).get('a'), unavailable)
  })

  test('a home that may not be written is store_unavailable', async (t) => {
    const file = await newFile(t)
    await mkdir(path.dirname(file), { mode: 0o555 })
    await chmod(path.dirname(path.dirname(file)), 0o755)
    const { code, message } = JSON.parse(await runChild('stranger', file))
    assert.equal(code, 'store_unavailable')
    assert.match(message, /not writable/)
    await assert.rejects(stat(file), { code: 'ENOENT' })
  })

  test('a full store refuses what does not fit, all of it, keeps what it has, and goes on', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, maxBytes: 100_000 })
    await store.commit({ put: { kept: 1 } })
    const large = { small: 1, large: 'x'.repeat(200_000) }
    await assert.rejects(store.commit({ put: large }), hasCode('store_unavailable', /full/))
    assert.equal(await store.get('small'), undefined)
    assert.equal((await store.get('kept'))?.value, 1)
    assert.deepEqual(await store.commit({ put: { small: 2 } }), { committed: true, revision: 2 })
  })

  test('commits that share a sync which fails are all refused, and none is written', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, maxBytes: 100_000 })
    const commits = await Promise.allSettled([
      store.commit({ put: { first: 1 } }),
      store.commit({ put: { large: 'x'.repeat(200_000) } }),
      store.commit({ put: { last: 1 } }),
    ])
    assert.deepEqual(
      commits.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    assert.deepEqual(await store.list(''), [])
  })

  test('a file that was removed is made anew, so that no commit goes where nobody looks', async (t) => {
    const file = await newFile(t)
    const running = openStore(t, { file })
    await running.commit({ put: { a: 1 } })
    await rm(path.dirname(file), { recursive: true })
    while ((await running.revision()) > 0) await immediate()
    assert.deepEqual(await running.commit({ put: { b: 1 } }), { committed: true, revision: 1 })
    assert.equal((await openStore(t, { file }).get('b'))?.value, 1)
  })

  test('a home that was replaced is read in its place, and a watch is told that its past is gone', async (t) => {
    const [file, backup] = [await newFile(t), await newFile(t)]
    const restored = openStore(t, { file: backup })
    await restored.commit({ put: { from: 'backup' } })
    await restored.close()
    const store = openStore(t, { file, pollIntervalMs: 5 })
    for (let value = 1; value <= 3; value += 1) await store.commit({ put: { a: value } })
    const told = collect(store.watch(''), 1)
    await rm(path.dirname(file), { recursive: true })
    await rename(path.dirname(backup), path.dirname(file))
    assert.deepEqual(await told, [{ type: 'compacted', revision: 1 }])
    assert.equal((await store.get('from'))?.value, 'backup')
  })

  test('watches that wait meet the trouble, each of them', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, pollIntervalMs: 5 })
    await store.commit({ put: { a: 1 } })
    const watches = [collect(store.watch('a'), 1), collect(store.watch('b'), 1)]
    const refused = Promise.all(watches.map((watch) => assert.rejects(watch, unavailable)))
    await store.revision()
    await rm(path.dirname(file), { recursive: true })
    await writeFile(path.dirname(file), 'a file where the home should be')
    await refused
  })

  test('a watch that is left does not end another', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    const left = store.watch('')[Symbol.asyncIterator]()
    const waiting = left.next()
    const events = collect(store.watch(''), 1)
    await left.return?.()
    await waiting
    await store.commit({ put: { a: 1 } })
    assert.equal((await events).length, 1)
  })

  test('the caller is told no path, the log is', async (t) => {
    const file = await newFile(t)
    await writeFile(path.dirname(file), '')
    const error = await openStore(t, { file })
      .get('a')
      .catch((failure: unknown) => failure)
    assert.ok(error instanceof OrchestrationError && error.cause instanceof Error)
    assert.ok(!error.message.includes(path.dirname(file)))
    assert.ok(error.cause.message.includes(file))
  })
})

describe('what a caller is told', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['locked', { errcode: 5 }],
    ['locked', { errcode: 517 }],
    ['disk is full', { errcode: 13 }],
    ['disk is full', { code: 'ENOSPC' }],
    ['not writable', { errcode: 1032 }],
    ['not writable', { code: 'EROFS' }],
    ['damaged', { errcode: 267 }],
    ['could not be opened', { errcode: 10 }],
    ['could not be opened', { code: 'ENOTDIR' }],
    ['could not be opened', {}],
  ]
  for (const [words, properties] of cases) {
    test(`of ${JSON.stringify(properties)}: ${words}`, () => {
      const told = toUnavailable(Object.assign(new Error('below'), properties), '/home/priya/store.sqlite')
      assert.equal(told.code, 'store_unavailable')
      assert.ok(told.message.includes(words), told.message)
    })
  }

  test('of what is no error at all: that it could not be opened', () => {
    assert.match(toUnavailable('a string', 'file').message, /could not be opened/)
  })
})
