import assert from 'node:assert/strict'
import { rename, rm, stat } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { lock, newFile, openStore, runChild } from './sqlite-support.ts'
import { collect, hasCode, increment, stampOf } from './store-contract.ts'

describe('sqlite: several processes', () => {
  test('what one store commits, the other reads next', async (t) => {
    const file = await newFile(t)
    const [left, right] = [openStore(t, { file }), openStore(t, { file })]
    for (let value = 1; value <= 5; value += 1) {
      await left.commit({ put: { a: value } })
      assert.equal((await right.get('a'))?.value, value)
      assert.equal(await right.revision(), value)
    }
    assert.deepEqual(await right.commit({ if: [{ key: 'a', revision: 4 }], put: { a: 0 } }), {
      committed: false,
      conflict: 'a',
    })
  })

  test('a stamp ends with what another store commits, and lasts until then', async (t) => {
    const file = await newFile(t)
    const [left, right] = [openStore(t, { file }), openStore(t, { file })]
    await left.commit({ put: { a: 0 } })
    for (let value = 1; value <= 20; value += 1) {
      const stamp = await stampOf(right)
      assert.equal(await stampOf(right), stamp)
      await left.commit(value % 5 ? { put: { a: value } } : { delete: ['a'] })
      assert.notEqual(await stampOf(right), stamp)
    }
  })

  test('a stamp ends with what another process commits, and is level when it has ended', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { n: 0 } })
    const stamp = await stampOf(store)
    await runChild('increment', file)
    const after = await stampOf(store)
    assert.notEqual(after, stamp)
    assert.equal(await stampOf(store), after)
  })

  test('under one stamp everything reads the same while another process writes', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { n: 0 } })
    let isOver = false
    const theirs = runChild('increment', file).finally(() => {
      isOver = true
    })
    const seen = new Map<object, unknown>()
    while (!isOver) {
      await immediate()
      const before = await stampOf(store)
      const value = (await store.get('n'))?.value
      if ((await stampOf(store)) !== before) continue
      assert.equal(value, seen.get(before) ?? value)
      seen.set(before, value)
    }
    await theirs
    assert.ok(seen.size > 2, `${seen.size} stamps were seen.`)
  })

  test('a stamp of a file that was replaced does not outlast it', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { a: 'here' } })
    const other = await newFile(t)
    const elsewhere = openStore(t, { file: other })
    await elsewhere.commit({ put: { a: 'elsewhere' } })
    await elsewhere.close()
    const stamp = await stampOf(store)
    for (const end of ['-wal', '-shm']) await rm(`${file}${end}`, { force: true })
    await rename(other, file)
    await eventually(async () => assert.notEqual(await stampOf(store), stamp))
    assert.equal((await store.get('a'))?.value, 'elsewhere')
  })

  test('a watch sees what another store commits', async (t) => {
    const file = await newFile(t)
    const [left, right] = [openStore(t, { file }), openStore(t, { file, pollIntervalMs: 5 })]
    await left.commit({ put: { before: 0 } })
    const events = collect(right.watch('a'), 2)
    await left.commit({ put: { a: 1 } })
    await left.commit({ delete: ['a'] })
    assert.deepEqual(await events, [
      { type: 'put', key: 'a', value: 1, revision: 2 },
      { type: 'delete', key: 'a', revision: 3 },
    ])
  })

  test('two processes that change the same key lose nothing', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    const theirs = runChild('increment', file)
    for (let count = 0; count < 100; count += 1) await increment(store, 'n')
    await theirs
    assert.equal((await store.get('n'))?.value, 200)
  })

  test('a process that comes and goes leaves the log to those who stay', async (t) => {
    const file = await newFile(t)
    const [left, right] = [openStore(t, { file }), openStore(t, { file })]
    await left.commit({ put: { n: 0 } })
    assert.equal((await right.get('n'))?.value, 0)
    await runChild('increment', file)
    assert.ok((await stat(`${file}-wal`)).isFile())
    await Promise.all([increment(left, 'n'), increment(right, 'n')])
    await runChild('increment', file)
    assert.equal((await left.get('n'))?.value, 202)
  })

  test('processes that open a new file at the same moment all succeed', async (t) => {
    const file = await newFile(t)
    await Promise.all(Array.from({ length: 4 }, () => runChild('flood', file)))
    assert.equal(await openStore(t, { file }).revision(), 4 * 400)
  })

  test('a lock that another process holds is waited for, and the event loop stays free', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { a: 1 } })
    const release = lock(t, file, 'BEGIN IMMEDIATE')
    let turns = 0
    const counting = setInterval(() => {
      turns += 1
      if (turns === 20) release()
    }, 1)
    const results = await Promise.all([store.commit({ put: { a: 2 } }), store.commit({ put: { a: 3 } })])
    clearInterval(counting)
    assert.deepEqual(results, [
      { committed: true, revision: 2 },
      { committed: true, revision: 3 },
    ])
    assert.ok(turns >= 20)
  })

  test('a lock that is not let go is store_unavailable for a commit, while reads go on', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, lockTimeoutMs: 30 })
    await store.commit({ put: { a: 1 } })
    const release = lock(t, file, 'BEGIN IMMEDIATE')
    await assert.rejects(store.commit({ put: { a: 2 } }), hasCode('store_unavailable', /locked/))
    assert.equal((await store.get('a'))?.value, 1)
    release()
    assert.deepEqual(await store.commit({ put: { a: 3 } }), { committed: true, revision: 2 })
  })

  test('a file that another process has for itself is waited for by reads too', async (t) => {
    const file = await newFile(t)
    const first = openStore(t, { file })
    await first.commit({ put: { a: 1 } })
    await first.close()
    const release = lock(t, file, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    const impatient = openStore(t, { file, lockTimeoutMs: 20 })
    await assert.rejects(impatient.get('a'), hasCode('store_unavailable', /locked/))
    await assert.rejects(collect(impatient.watch(''), 1), hasCode('store_unavailable', /locked/))
    const reading = openStore(t, { file }).get('a')
    release()
    assert.equal((await reading)?.value, 1)
  })

  test('a store that closes while it waits for a lock still answers what it took', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, lockTimeoutMs: 20 })
    await store.commit({ put: { a: 1 } })
    lock(t, file, 'BEGIN IMMEDIATE')
    const commit = store.commit({ put: { a: 2 } })
    const refused = assert.rejects(commit, hasCode('store_unavailable', /locked/))
    await store.close()
    await refused
  })
})
