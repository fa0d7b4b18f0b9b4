import assert from 'node:assert/strict'
import { access, mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { lock, newFile, openStore } from './sqlite-support.ts'
import { hasCode } from './store-contract.ts'

describe('sqlite: whether it is ready', () => {
  test('yes, in a home that is not made yet, without a commit and without anything left behind', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.ready?.()
    assert.equal(await store.revision(), 0)
    assert.ok(!(await readdir(path.dirname(file))).includes('store.sqlite-spare'))
  })

  test('no while another process keeps it locked, long before a commit would give up; then yes', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file, lockTimeoutMs: 60_000 })
    await store.commit({ put: { a: 1 } })
    const release = lock(t, file, 'BEGIN IMMEDIATE')
    await assert.rejects(async () => store.ready?.(), hasCode('store_unavailable', /locked/))
    assert.equal((await store.get('a'))?.value, 1)
    release()
    await eventually(async () => store.ready?.())
  })

  test('no when the folder takes no more bytes, though the store itself is open; then yes', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.commit({ put: { a: 1 } })
    await mkdir(`${file}-spare`)
    await assert.rejects(async () => store.ready?.(), hasCode('store_unavailable'))
    await rm(`${file}-spare`, { recursive: true, force: true })
    await eventually(async () => store.ready?.())
    await store.commit({ put: { a: 2 } })
  })

  test('one look serves all who ask at the same time', async (t) => {
    const file = await newFile(t)
    const store = openStore(t, { file })
    await store.ready?.()
    await mkdir(`${file}-spare`)
    await Promise.all(Array.from({ length: 100 }, async () => store.ready?.()))
    await access(`${file}-spare`)
  })

  test('no once it is closed', async (t) => {
    const store = openStore(t, { file: await newFile(t) })
    await store.close()
    await assert.rejects(async () => store.ready?.(), hasCode('store_unavailable', /closed/))
  })
})
