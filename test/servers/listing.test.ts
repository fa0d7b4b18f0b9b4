import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createListing } from '../../src/servers/listing.ts'
import { localServer, remoteServer } from './server-json-of.ts'

const listing = createListing([
  { ...localServer(), serverId: 'rain', displayName: 'Rain' },
  { ...localServer(), serverId: 'snow', displayName: 'Snow' },
  { ...remoteServer(), serverId: 'storm', displayName: 'Rain and wind' },
])

function pageOf(search: string, after = '') {
  const { servers, transportCounts } = listing.page({ search, after, limit: 1 })
  return { ids: servers.map(({ serverId }) => serverId), counts: transportCounts }
}

describe('a search in a listing', () => {
  test('is made once for all of its pages', () => {
    const pages = [pageOf('rain'), pageOf('rain', 'rain'), pageOf('rain', 'storm')]
    assert.deepEqual(
      pages.map(({ ids }) => ids),
      [['rain'], ['storm'], []],
    )
    // The very same object, so nobody counted again.
    for (const { counts } of pages) assert.equal(counts, pages[0]?.counts)
  })

  test('is made anew for other words, and for none all are listed', () => {
    const found = ['rain', 'snow', '', 'rain'].map((search) => pageOf(search))
    assert.deepEqual(
      found.map(({ ids, counts }) => [...ids, counts.stdio, counts['streamable-http']]),
      [
        ['rain', 1, 1],
        ['snow', 1, 0],
        ['rain', 2, 1],
        ['rain', 1, 1],
      ],
    )
  })
})
