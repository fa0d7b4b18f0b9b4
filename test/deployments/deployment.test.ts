import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  complete,
  type Deployment,
  digestOfText,
  fileState,
  settle,
  toManagedEntries,
} from '../../src/deployments/deployment.ts'
import type { JsonValue } from '../../src/vocabulary.ts'

const notes = { command: 'notes', env: { KEY: 'one' } }
const memory = { command: 'memory' }
const managed = toManagedEntries(entries({ notes, memory }), 'salt')

function entries(values: Record<string, JsonValue>): ReadonlyMap<string, JsonValue> {
  return new Map(Object.entries(values))
}

describe('the state of a file', () => {
  test('is in_sync when every managed entry has its value, whatever else is there', () => {
    const now = entries({ mine: 1, memory, notes: { env: { KEY: 'one' }, command: 'notes' } })
    assert.equal(fileState(managed, now), 'in_sync')
  })

  test('is edited when a value deep inside changed', () => {
    assert.equal(fileState(managed, entries({ memory, notes: { ...notes, env: { KEY: 'two' } } })), 'edited')
  })

  test('is edited when one of several entries is gone', () => {
    assert.equal(fileState(managed, entries({ notes })), 'edited')
  })

  test('is missing when all managed entries are gone', () => {
    assert.equal(fileState(managed, entries({ mine: 1 })), 'missing')
  })

  test('is in_sync when nothing is managed, since nothing can be missing', () => {
    assert.equal(fileState(toManagedEntries(new Map(), 'salt'), new Map()), 'in_sync')
  })
})

describe('a deployment whose record was not finished', () => {
  const before = deployment('before', { notes: memory })
  const after = deployment('after', { notes })
  const record = {
    current: before,
    pending: [{ ...after, fileDigest: digestOfText('the new text', 'salt') }],
  }

  test('counts when the file is what it was about to write', () => {
    assert.equal(settle(record, 'the new text', new Map())?.artifactId, 'after')
  })

  test('counts when others were announced before it and after it', () => {
    const other = { ...deployment('other', { memory }, 'sugar'), fileDigest: digestOfText('other', 'sugar') }
    const crowd = { ...record, pending: [other, ...record.pending, { ...other, artifactId: 'last' }] }
    assert.equal(settle(crowd, 'the new text', new Map())?.artifactId, 'after')
    assert.deepEqual(complete(crowd, after), {
      current: after,
      pending: [{ ...other, artifactId: 'last' }],
      isNew: true,
    })
  })

  test('leaves those announced before it their chance when it had nothing to write', () => {
    const [other, last] = ['sugar', 'pepper'].map((salt) => ({
      ...deployment(salt, { memory }, salt),
      fileDigest: digestOfText(salt, salt),
    }))
    assert.ok(other && last)
    const idle = record.pending.map((each) => ({ ...each, leavesFile: true }))
    const crowd = { ...record, pending: [other, ...idle, last] }
    assert.deepEqual(settle(crowd, 'the new text', new Map()), after)
    assert.deepEqual(complete(crowd, after).pending, [other, last])
  })

  test('counts when its entries stand in a file that was edited elsewhere since', () => {
    assert.equal(settle(record, 'another text', entries({ notes, mine: 1 }))?.artifactId, 'after')
  })

  test('does not count when the file still has what was there before', () => {
    assert.equal(settle(record, 'the old text', entries({ notes: memory }))?.artifactId, 'before')
  })

  test('does not count when it only takes an entry out that is still there', () => {
    const both = deployment('before', { notes, memory })
    const less = { ...deployment('after', { notes }), fileDigest: digestOfText('the new text', 'salt') }
    const settled = settle({ current: both, pending: [less] }, 'the old text', entries({ notes, memory }))
    assert.equal(settled?.artifactId, 'before')
  })

  test('does not count when it takes everything out and nothing is gone', () => {
    const nothing = { ...deployment('after', {}), fileDigest: digestOfText('the new text', 'salt') }
    const settled = settle(
      { current: before, pending: [nothing] },
      'the old text',
      entries({ notes: memory }),
    )
    assert.equal(settled?.artifactId, 'before')
  })

  test('keeps no digest of the file once it counts', () => {
    assert.equal('fileDigest' in (settle(record, 'the new text', new Map()) ?? {}), false)
  })
})

test('a digest tells nothing without its salt', () => {
  const one = toManagedEntries(entries({ notes }), 'salt')
  const other = toManagedEntries(entries({ notes }), 'pepper')
  assert.notEqual(one.digests.notes, other.digests.notes)
})

function deployment(artifactId: string, values: Record<string, JsonValue>, salt = 'salt'): Deployment {
  return {
    profileId: 'default',
    artifactId,
    sequence: 1,
    deployedAt: '2026-11-22T09:00:00.000Z',
    deployedBy: 'library',
    configPath: '/sandbox/config.json',
    backupPath: null,
    managed: toManagedEntries(entries(values), salt),
  }
}
