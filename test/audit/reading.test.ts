import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditPage } from '../../src/audit/audit.ts'
import { entryKey } from '../../src/audit/audit-entry.ts'
import { change, createRoom, makeChanges, makeRefusals } from './fixture.ts'

describe('Reading', () => {
  test('goes on where the page before ended', async () => {
    const { audit } = createRoom()
    await makeChanges(audit, 3)
    const first = await audit.read({ limit: 4 })
    assert.deepEqual(sequences(first), [1, 2, 3, 4])
    assert.equal(first.next, 4)
    const second = await audit.read({ limit: 4, after: 4 })
    assert.deepEqual(sequences(second), [5, 6])
    assert.equal(second.next, undefined)
    assert.equal((await audit.read({ limit: 6 })).next, undefined)
  })

  test('finds what was written from a time on, though clocks differ', async () => {
    const { audit, wait } = createRoom()
    for (const minutes of [0, 180, -10, 180]) {
      wait(minutes)
      await makeChanges(audit, 1)
    }
    const since = (time: string) => audit.read({ since: new Date(time) })
    assert.deepEqual(sequences(await since('2026-11-22T00:00:00Z')), [1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(sequences(await since('2026-11-22T12:55:00Z')), [3, 4, 7, 8])
    assert.deepEqual(sequences(await since('2026-11-23T00:00:00Z')), [])
  })

  test('looks at a part of a long log for a time', async () => {
    const { store, audit, wait } = createRoom()
    await makeRefusals(audit, 2000)
    wait(240)
    await makeChanges(audit, 1)
    let looked = 0
    const list: typeof store.list = async (prefix, page) => {
      const entries = await store.list(prefix, page)
      looked += entries.length
      return entries
    }
    const { audit: counted } = createRoom({ ...store, list })
    assert.deepEqual(sequences(await counted.read({ since: new Date('2026-11-22T13:30:00Z') })), [2001, 2002])
    assert.equal(looked, 2)
  })

  test('reads one entry more of a long log than it answers', async () => {
    const { store, audit } = createRoom()
    await makeRefusals(audit, 50)
    const limits: (number | undefined)[] = []
    const list: typeof store.list = (prefix, page) => {
      limits.push(page?.limit)
      return store.list(prefix, page)
    }
    const { audit: counted } = createRoom({ ...store, list })
    assert.deepEqual(sequences(await counted.read({ limit: 3 })), [1, 2, 3])
    assert.deepEqual(limits, [4])
  })

  test('finds what is asked for', async () => {
    const { audit } = createRoom()
    await makeChanges(audit, 1)
    await audit.refused({ ...change, principal: 'tok_other' }, 'insufficient_scope')
    const page = await audit.read({ isWanted: ({ principal }) => principal === 'tok_other' })
    assert.deepEqual(sequences(page), [3])
  })

  test('ends a page that finds nothing for long, and says where to go on', async () => {
    const { audit } = createRoom()
    await makeRefusals(audit, 10_001)
    const isWanted = ({ sequence }: { readonly sequence: number }) => sequence === 10_001
    const first = await audit.read({ isWanted })
    assert.deepEqual([first.entries.length, first.next], [0, 10_000])
    assert.deepEqual(sequences(await audit.read({ isWanted, after: 10_000 })), [10_001])
  })

  test('shows what was altered, and leaves out what is no entry', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 2)
    const { value } = (await store.get(entryKey(2))) ?? {}
    await store.commit({
      put: { [entryKey(2)]: { ...Object(value), principal: 'mallory' }, [entryKey(3)]: 7, [entryKey(4)]: {} },
    })
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.map(({ principal }) => principal),
      [change.principal, 'mallory'],
    )
  })
})

function sequences({ entries }: AuditPage): readonly number[] {
  return entries.map(({ sequence }) => sequence)
}
