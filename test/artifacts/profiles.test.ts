import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createProfiles } from '../../src/artifacts/profiles.ts'
import type { ReleaseSummary } from '../../src/artifacts/releases.ts'
import type { Page } from '../../src/store/store.ts'

const release: ReleaseSummary = {
  sequence: 2,
  artifactId: 'a'.repeat(64),
  createdAt: '2026-10-02T08:00:00.000Z',
  changelog: null,
}

const earlier = '2026-10-01T08:00:00.000Z'
const later = '2026-10-03T08:00:00.000Z'

/** A page of a list that is sorted by profile id already. */
function page<T extends { readonly profileId: string }>(
  all: readonly T[],
  { after = '', limit = all.length }: Page = {},
) {
  return all.filter(({ profileId }) => profileId > after).slice(0, limit)
}

const begun = [
  { profileId: 'both', updatedAt: later },
  { profileId: 'drafted', updatedAt: earlier },
]
const published = [
  { profileId: 'both', ...release },
  { profileId: 'old', ...release },
  { profileId: 'released', ...release },
]
const profiles = createProfiles({
  drafts: {
    list: async (_client, asked) => page(begun, asked),
    names: async () => [...begun.map(toName), 'zed/only'],
  },
  releases: {
    list: async (_client, asked) => page(published, asked),
    names: async () => published.map(toName),
  },
})

function toName({ profileId }: { readonly profileId: string }) {
  return `cursor/${profileId}`
}

describe('The profiles of a client', () => {
  test('are those with a draft, a release or both, by id', async () => {
    assert.deepEqual(await profiles.list('cursor'), [
      { profileId: 'both', latest: release, updatedAt: later },
      { profileId: 'drafted', latest: null, updatedAt: earlier },
      { profileId: 'old', latest: release, updatedAt: release.createdAt },
      { profileId: 'released', latest: release, updatedAt: release.createdAt },
    ])
  })

  test('come in pages without one lost or twice', async () => {
    const first = await profiles.list('cursor', { limit: 2 })
    const second = await profiles.list('cursor', { limit: 2, after: 'drafted' })
    assert.deepEqual([...first, ...second], await profiles.list('cursor'))
    assert.equal(first.length, 2)
  })

  test('are known by their ids alone, too', async () => {
    assert.deepEqual(
      await profiles.ids(null),
      new Map([
        ['cursor', ['both', 'drafted', 'old', 'released']],
        ['zed', ['only']],
      ]),
    )
  })
})
