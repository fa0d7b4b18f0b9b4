import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sha256Hex } from '../../src/artifacts/canonical.ts'
import { createReleases } from '../../src/artifacts/releases.ts'
import { artifactKey, headKey, releaseKey } from '../../src/artifacts/store-keys.ts'
import type { ProfilePage } from '../../src/drafts/drafts.ts'
import { type Finding, OrchestrationError } from '../../src/errors.ts'
import { createSigningKeys } from '../../src/keys/signing-keys.ts'
import type { JsonValue, Payload } from '../../src/vocabulary.ts'
import {
  createClock,
  createDraftShelf,
  createRoom,
  docs,
  hasCode,
  memory,
  type Room,
  readFixture,
  ref,
} from './room.ts'

const zed = { clientId: 'zed', profileId: 'default' }

async function keysInStore({ store }: Room): Promise<readonly string[]> {
  return (await store.list('')).map(({ key }) => key)
}

describe('Publishing', () => {
  test('an unknown client, or a profile without a draft, is refused', async (context) => {
    const room = await createRoom(context)
    await assert.rejects(
      room.releases.publish({ clientId: 'emacs', profileId: 'default' }),
      hasCode('client_not_found'),
    )
    await assert.rejects(room.releases.publish(ref), hasCode('profile_not_found'))
    assert.deepEqual(await keysInStore(room), [])
  })

  test('an invalid draft is refused with every finding, and nothing is stored', async (context) => {
    const room = await createRoom(context)
    const errors: readonly Finding[] = [
      { code: 'unsupported_transport', pointer: '/mcpServers/docs', message: 'Cursor speaks no sse.' },
      { code: 'empty_command', pointer: '/mcpServers/memory/command', message: 'The command is empty.' },
    ]
    room.drafts.put(ref, { mcpServers: { memory, docs } }, errors)
    await assert.rejects(room.releases.publish(ref), (error) => {
      assert.ok(error instanceof OrchestrationError)
      assert.equal(error.code, 'validation_failed')
      assert.match(error.message, /cursor\/default can't be published: Cursor speaks no sse\. \(and 1 more\)/)
      assert.deepEqual(error.errors, errors)
      return true
    })
    assert.deepEqual(await keysInStore(room), [])
  })

  test('a draft that no reader could take back is refused', async (context) => {
    const room = await createRoom(context)
    const impossible: readonly JsonValue[] = [
      { memory: { ...memory, command: '\ud83d' } },
      { memory: { ...memory, extra: 1 } },
      { memory: { ...memory, args: [1] } },
      { memory: { ...docs, type: 'stdio' } },
      { docs: { ...docs, type: 'websocket' } },
      { docs: null },
      [],
    ]
    for (const mcpServers of impossible) {
      room.drafts.put(ref, { mcpServers } as unknown as Payload)
      await assert.rejects(room.releases.publish(ref), hasCode('validation_failed'))
    }
    room.drafts.put(ref, { mcpServers: {}, more: 1 } as Payload)
    await assert.rejects(room.releases.publish(ref), hasCode('validation_failed'))
    assert.deepEqual(await keysInStore(room), [])
  })

  test('needs a signing key', async (context) => {
    const room = await createRoom(context)
    await rm(join(room.folder, 'keys'), { recursive: true })
    await assert.rejects(room.publish({ memory }), hasCode('signing_key_missing'))
    assert.deepEqual(await keysInStore(room), [])
  })

  test('a changelog that UTF-8 cannot carry is refused', async (context) => {
    const room = await createRoom(context)
    await assert.rejects(room.publish({ memory }, '\ud83d'), hasCode('invalid_request', /changelog/))
    assert.deepEqual(await keysInStore(room), [])
  })

  test('names the artifact by the digest of its canonical bytes, which the store holds', async (context) => {
    const room = await createRoom(context)
    const { status, release } = await room.publish({ memory }, 'First')
    assert.equal(status, 'published')
    const text =
      '{"mcpServers":{"memory":{"args":["-y","@modelcontextprotocol/server-memory"],"command":"npx","env":{},"type":"stdio"}}}'
    assert.equal(release.artifactId, sha256Hex(text))
    assert.equal((await room.store.get(`artifacts/${release.artifactId}`))?.value, text)
    assert.equal(release.sequence, 1)
    assert.equal(release.createdAt, '2026-10-01T08:00:01.000Z')
    assert.equal(release.changelog, 'First')
    assert.equal(release.previousArtifactId, null)
    assert.equal(release.serverCount, 1)
  })

  test('is one commit', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory })
    const entries = await room.store.list('')
    assert.equal(entries.length, 4)
    assert.deepEqual([...new Set(entries.map(({ revision }) => revision))], [await room.store.revision()])
  })

  test('gives what another process then reads', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory }, 'First')
    const { release } = await room.publish({ memory, docs }, 'Second')
    assert.deepEqual(await room.elsewhere().get(ref), release)
  })

  test('the same again is unchanged, and writes nothing', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory }, 'First')
    const revision = await room.store.revision()
    assert.deepEqual(await room.publish({ memory }, 'First'), { status: 'unchanged', release })
    assert.equal(await room.store.revision(), revision)
  })

  test('another changelog for the same servers is a new release of the same artifact', async (context) => {
    const room = await createRoom(context)
    const first = await room.publish({ memory }, 'First')
    const second = await room.publish({ memory })
    assert.equal(second.status, 'published')
    assert.equal(second.release.sequence, 2)
    assert.equal(second.release.artifactId, first.release.artifactId)
    assert.equal(second.release.previousArtifactId, first.release.artifactId)
    const artifact = await room.store.get(`artifacts/${first.release.artifactId}`)
    assert.equal(artifact?.revision, 1)
  })

  test('two clients with the same servers share the artifact', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory })
    room.drafts.put(zed, { mcpServers: { memory } })
    const other = await room.releases.publish(zed)
    assert.equal(other.release.artifactId, release.artifactId)
    assert.equal(other.release.sequence, 1)
    assert.equal((await room.store.list('artifacts/')).length, 1)
  })

  test('an empty draft withdraws everything', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory })
    const { release } = await room.publish({})
    assert.equal(release.serverCount, 0)
    assert.deepEqual(release.payload, { mcpServers: {} })
  })

  test('fifty times at once has no gap and no double', async (context) => {
    const room = await createRoom(context)
    room.drafts.put(ref, { mcpServers: { memory } })
    const both = [room.releases, room.elsewhere()]
    const changelogs = Array.from({ length: 50 }, (_, index) => `Change ${index}`)
    const published = await Promise.all(
      changelogs.map((changelog, index) => both[index % 2]?.publish(ref, { changelog })),
    )
    const sequences = published.map((one) => one?.release.sequence ?? 0).sort((a, b) => a - b)
    assert.deepEqual(
      sequences,
      changelogs.map((_, index) => index + 1),
    )
  })

  test('after regenerating the key, earlier releases still verify', async (context) => {
    const room = await createRoom(context)
    const former = await room.publish({ memory })
    const { signingKeyId } = await room.keys.initialize({ regenerate: true })
    const { release } = await room.publish({ docs })
    assert.equal(release.signingKeyId, signingKeyId)
    assert.notEqual(former.release.signingKeyId, signingKeyId)
    const elsewhere = room.elsewhere()
    assert.deepEqual(await elsewhere.get(ref, { sequence: 1 }), former.release)
    assert.deepEqual(
      (await elsewhere.history(ref, { limit: 10 })).map(({ sequence }) => sequence),
      [2, 1],
    )
  })
})

describe('Getting a release', () => {
  test('says what is missing', async (context) => {
    const { releases, drafts } = await createRoom(context)
    await assert.rejects(
      releases.get({ clientId: 'emacs', profileId: 'default' }),
      hasCode('client_not_found'),
    )
    await assert.rejects(releases.get(ref), hasCode('profile_not_found', /add_server_to_config/))
    drafts.put(ref, { mcpServers: {} })
    await assert.rejects(releases.get(ref), hasCode('nothing_published', /publish_config/))
    await assert.rejects(releases.history(ref, { limit: 1 }), hasCode('nothing_published'))
    assert.equal(await releases.summary(ref), undefined)
  })

  test('by an id that is none is refused before anything is looked up', async (context) => {
    const { releases } = await createRoom(context)
    for (const id of ['', '..', 'a/b', 'Default', 'a\0', '__proto__', 'x'.repeat(65)]) {
      await assert.rejects(releases.get({ clientId: id, profileId: 'default' }), hasCode('client_not_found'))
      await assert.rejects(releases.get({ clientId: 'cursor', profileId: id }), hasCode('invalid_request'))
      await assert.rejects(releases.list(id), hasCode('client_not_found'))
    }
  })

  test('that the profile does not have is refused', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory })
    room.drafts.put(zed, { mcpServers: { docs } })
    const other = await room.releases.publish(zed)
    for (const sequence of [0, 2, -1, 1.5, Number.NaN, 2 ** 60]) {
      await assert.rejects(room.releases.get(ref, { sequence }), hasCode('artifact_not_found'))
    }
    for (const artifactId of [
      other.release.artifactId,
      '0'.repeat(64),
      '../x',
      '',
      release.artifactId.toUpperCase(),
    ]) {
      await assert.rejects(room.releases.get(ref, { artifactId }), hasCode('artifact_not_found'))
    }
  })

  test('by its artifact is getting the newest that holds it', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory }, 'First')
    await room.publish({ docs }, 'Second')
    await room.publish({ memory }, 'Third')
    await room.publish({ docs }, 'Fourth')
    const found = await room.releases.get(ref, { artifactId: release.artifactId })
    assert.equal(found.changelog, 'Third')
    assert.equal((await room.releases.get(ref, { sequence: 1 })).changelog, 'First')
    assert.equal((await room.releases.get(ref)).changelog, 'Fourth')
  })

  test('by two selectors works when they agree', async (context) => {
    const room = await createRoom(context)
    const first = (await room.publish({ memory })).release
    const second = (await room.publish({ docs })).release
    assert.deepEqual(await room.releases.get(ref, { sequence: 1, artifactId: first.artifactId }), first)
    const contradiction = { sequence: 1, artifactId: second.artifactId }
    await assert.rejects(
      room.releases.get(ref, contradiction),
      hasCode('invalid_request', /Give one of the two/),
    )
  })

  test('gives a payload that nobody can change', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory })
    assert.throws(() => Object.assign(release.payload.mcpServers, { mine: docs }), TypeError)
    const found = await room.releases.get(ref)
    assert.ok(found.payload.mcpServers.memory)
    assert.throws(() => Object.assign(found.payload.mcpServers.memory ?? {}, { command: 'sh' }), TypeError)
  })
})

describe('The history', () => {
  test('is newest first and pages by what was last seen', async (context) => {
    const room = await createRoom(context)
    for (const changelog of ['one', 'two', 'three', 'four', 'five']) await room.publish({ memory }, changelog)
    const page = async (limit: number, before?: number) =>
      (await room.releases.history(ref, before === undefined ? { limit } : { limit, before })).map(
        ({ changelog }) => changelog,
      )
    assert.deepEqual(await page(2), ['five', 'four'])
    assert.deepEqual(await page(2, 4), ['three', 'two'])
    assert.deepEqual(await page(2, 2), ['one'])
    assert.deepEqual(await page(2, 1), [])
    assert.deepEqual(await page(0), [])
    assert.deepEqual(await page(100, 1000), ['five', 'four', 'three', 'two', 'one'])
  })

  test('tells of each release its sequence, artifact, time and changelog', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory }, 'First')
    const expected = {
      sequence: 1,
      artifactId: release.artifactId,
      createdAt: release.createdAt,
      changelog: 'First',
    }
    assert.deepEqual(await room.releases.history(ref, { limit: 1 }), [expected])
    assert.deepEqual(await room.releases.summary(ref), expected)
  })
})

describe('The list of a client', () => {
  test("has each profile's latest release, and pages by profile", async (context) => {
    const room = await createRoom(context)
    for (const profileId of ['work', 'dev', 'default']) {
      room.drafts.put({ clientId: 'cursor', profileId }, { mcpServers: { memory } })
      await room.releases.publish({ clientId: 'cursor', profileId })
    }
    room.drafts.put(zed, { mcpServers: { memory } })
    await room.releases.publish(zed)
    const idsOf = async (page?: ProfilePage) =>
      (await room.releases.list('cursor', page)).map(({ profileId }) => profileId)
    assert.deepEqual(await idsOf(), ['default', 'dev', 'work'])
    assert.deepEqual(await idsOf({ only: ['work', 'gone', 'dev'] }), ['dev', 'work'])
    assert.deepEqual(await idsOf({ only: ['work', 'gone', 'dev'], after: 'dev', limit: 1 }), ['work'])
    assert.deepEqual(await idsOf({ limit: 2 }), ['default', 'dev'])
    assert.deepEqual(await idsOf({ after: 'dev', limit: 2 }), ['work'])
    const [first] = await room.releases.list('zed')
    assert.deepEqual(first, { profileId: 'default', ...(await room.releases.summary(zed)) })
  })
})

describe('Comparing', () => {
  test('needs a release', async (context) => {
    const { releases } = await createRoom(context)
    await assert.rejects(releases.compare(ref, { payload: { mcpServers: {} } }), hasCode('profile_not_found'))
  })

  test('with the latest payload, in whatever order, is up to date', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory, docs })
    const comparison = await room.releases.compare(ref, { payload: { mcpServers: { docs, memory } } })
    assert.equal(comparison.status, 'up-to-date')
    assert.equal(comparison.localArtifactId, release.artifactId)
    assert.deepEqual(comparison.diff.unchanged, ['docs', 'memory'])
  })

  test('with an earlier release is outdated, by its payload and by its artifact', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory })
    await room.publish({ docs })
    const byPayload = await room.releases.compare(ref, { payload: { mcpServers: { memory } } })
    const byArtifact = await room.releases.compare(ref, { artifactId: release.artifactId })
    assert.equal(byPayload.status, 'outdated')
    assert.deepEqual(byArtifact, byPayload)
    assert.deepEqual(byPayload.diff, { added: ['docs'], removed: ['memory'], modified: [], unchanged: [] })
  })

  test('with what was never released here has diverged', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory })
    room.drafts.put(zed, { mcpServers: { docs } })
    const other = await room.releases.publish(zed)
    assert.equal((await room.releases.compare(ref, { payload: { mcpServers: {} } })).status, 'diverged')
    assert.equal(
      (await room.releases.compare(ref, { artifactId: other.release.artifactId })).status,
      'diverged',
    )
  })

  test('with an unknown artifact, or what is no configuration, is refused', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory })
    for (const artifactId of ['0'.repeat(64), '../x']) {
      await assert.rejects(
        room.releases.compare(ref, { artifactId }),
        hasCode('artifact_not_found', /local_payload/),
      )
    }
    const payload = { mcpServers: { memory: { type: 'stdio' } } } as unknown as Payload
    await assert.rejects(room.releases.compare(ref, { payload }), hasCode('invalid_request', /neutral shape/))
  })
})

test('Releases of one store are refused on a machine that does not trust their signer', async (context) => {
  const room = await createRoom(context)
  await room.publish({ memory })
  const keys = createSigningKeys({ folder: join(room.folder, 'other-machine') })
  await keys.initialize()
  const drafts = createDraftShelf()
  const elsewhere = createReleases({ store: room.store, drafts, keys, clock: createClock() })
  await assert.rejects(elsewhere.get(ref), hasCode('signature_invalid', /trusted keys/))
  drafts.put(ref, { mcpServers: { docs } })
  await assert.rejects(elsewhere.publish(ref), hasCode('signature_invalid'))
})

test('Releases that openssl signed are read like our own', async (context) => {
  const room = await createRoom(context)
  const texts = [
    'artifact-1.txt',
    'artifact-2.txt',
    'release-1.dsse',
    'release-2.dsse',
    'public-key.pem',
    'key-id.txt',
  ]
  const [one = '', two = '', first = '', second = '', pem = '', keyId = ''] = await Promise.all(
    texts.map(readFixture),
  )
  await writeFile(join(room.folder, 'keys', 'trusted', `${keyId}.pem`), pem)
  const head = {
    sequence: 2,
    artifactId: sha256Hex(two),
    createdAt: '2026-10-02T08:00:00.000Z',
    changelog: null,
  }
  await room.store.commit({
    put: {
      [artifactKey(sha256Hex(one))]: one,
      [artifactKey(sha256Hex(two))]: two,
      [releaseKey(ref, 1)]: JSON.parse(first),
      [releaseKey(ref, 2)]: JSON.parse(second),
      [headKey(ref)]: head,
    },
  })
  const release = await room.releases.get(ref)
  assert.deepEqual(release.payload, { mcpServers: { docs } })
  assert.equal(release.signingKeyId, keyId)
  assert.equal(release.previousArtifactId, sha256Hex(one))
  assert.deepEqual(
    (await room.releases.history(ref, { limit: 2 })).map(({ changelog }) => changelog),
    [null, 'Dateien für alle – 📁'],
  )
  assert.equal((await room.publish({ memory })).release.sequence, 3)
})
