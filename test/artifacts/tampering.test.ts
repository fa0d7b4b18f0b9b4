import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { isArtifactText } from '../../src/artifacts/artifact.ts'
import { sha256Hex } from '../../src/artifacts/canonical.ts'
import { type Envelope, signEnvelope } from '../../src/artifacts/envelope.ts'
import { createReleases, type Releases } from '../../src/artifacts/releases.ts'
import { readStatement, type Statement, writeStatement } from '../../src/artifacts/statement.ts'
import { headKey, newestKey, releaseKey } from '../../src/artifacts/store-keys.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { toKeyId } from '../../src/keys/public-key.ts'
import type { Signer } from '../../src/keys/signing-keys.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Entry, Store } from '../../src/store/store.ts'
import type { JsonObject, JsonValue, Payload } from '../../src/vocabulary.ts'
import {
  createClock,
  createDraftShelf,
  createRoom,
  docs,
  hasCode,
  memory,
  openRoom,
  overwrite,
  type Room,
  ref,
} from './room.ts'

const zed = { clientId: 'zed', profileId: 'default' }
const newestServers = { memory, docs }

/** Three releases of three artifacts. */
async function createHistory(context: TestContext): Promise<Room> {
  const room = await createRoom(context)
  await publishThree(room)
  return room
}

async function publishThree(room: Room): Promise<void> {
  await room.publish({ memory }, 'First')
  await room.publish({ docs }, 'Second')
  await room.publish(newestServers, 'Third')
}

async function valueAt<T extends JsonValue = JsonObject>(store: Store, key: string): Promise<T> {
  const entry = await store.get(key)
  assert.ok(entry, key)
  return entry.value as T
}

function statementOf(envelope: Envelope): Statement {
  const statement = readStatement(Buffer.from(envelope.payload, 'base64'))
  assert.ok(statement)
  return statement
}

function envelopeFor(statement: Statement, signer: Signer): Envelope {
  const written = writeStatement(statement)
  assert.ok(written.ok)
  return signEnvelope(Buffer.from(written.text), signer)
}

describe('Mallory, who can write to the store,', () => {
  test('cannot pass off a release as one of another client', async (context) => {
    const room = await createHistory(context)
    room.drafts.put(zed, { mcpServers: { docs } })
    await room.releases.publish(zed)
    await overwrite(room.store, releaseKey(zed, 1), await valueAt(room.store, releaseKey(ref, 1)))
    await assert.rejects(
      room.releases.get(zed),
      hasCode('signature_invalid', /release 1 of cursor\/default/i),
    )
  })

  test('cannot pass off an older release as a newer one', async (context) => {
    const room = await createHistory(context)
    await overwrite(room.store, releaseKey(ref, 3), await valueAt(room.store, releaseKey(ref, 1)))
    await assert.rejects(room.releases.get(ref), hasCode('signature_invalid'))
    await assert.rejects(room.releases.history(ref, { limit: 3 }), hasCode('signature_invalid'))
  })

  test('cannot sign for others', async (context) => {
    const room = await createHistory(context)
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const signer = { keyId: toKeyId(publicKey), sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) }
    const { envelope } = await room.releases.get(ref)
    await overwrite(
      room.store,
      releaseKey(ref, 3),
      envelopeFor({ ...statementOf(envelope), changelog: 'Harmless' }, signer),
    )
    await assert.rejects(room.releases.get(ref), hasCode('signature_invalid', /none of its signatures/))
  })

  test('cannot exchange an artifact for another genuine one', async (context) => {
    const room = await createHistory(context)
    const [first, third] = await Promise.all([1, 3].map((sequence) => room.releases.get(ref, { sequence })))
    await overwrite(
      room.store,
      `artifacts/${third?.artifactId}`,
      await valueAt(room.store, `artifacts/${first?.artifactId}`),
    )
    await assert.rejects(
      room.elsewhere().get(ref),
      hasCode('artifact_corrupt', new RegExp(third?.artifactId ?? '-')),
    )
  })

  test('cannot give half a character for the one that stands for it in UTF-8', () => {
    const text = '{"mcpServers":{"\ufffd":{}}}'
    const artifactId = sha256Hex(text)
    const forged = text.replace('\ufffd', '\ud800')
    assert.equal(sha256Hex(forged), artifactId)
    assert.ok(isArtifactText(text, artifactId))
    assert.ok(!isArtifactText(forged, artifactId))
  })

  test('cannot delete an artifact or a release unnoticed', async (context) => {
    const room = await createHistory(context)
    const { artifactId } = await room.releases.get(ref)
    await room.store.commit({ delete: [`artifacts/${artifactId}`] })
    await assert.rejects(
      room.elsewhere().get(ref),
      hasCode('artifact_corrupt', /missing.*Release 3 of cursor\/default/),
    )
    await room.store.commit({ delete: [releaseKey(ref, 2)] })
    await assert.rejects(room.elsewhere().get(ref, { sequence: 2 }), hasCode('signature_invalid', /missing/))
    await assert.rejects(room.elsewhere().history(ref, { limit: 3 }), hasCode('signature_invalid', /missing/))
    await room.store.commit({ delete: [releaseKey(ref, 3)] })
    await assert.rejects(room.elsewhere().get(ref), hasCode('signature_invalid', /missing/))
  })

  test('cannot put the head back to an older release and have the next publish go on from there', async (context) => {
    const room = await createRoom(context)
    await room.publish({ memory }, 'First')
    const old = await valueAt(room.store, headKey(ref))
    await room.publish({ docs }, 'Second')
    await overwrite(room.store, headKey(ref), old)
    await assert.rejects(
      room.publish({}, 'Third'),
      hasCode('signature_invalid', /release 2 that it doesn't know/),
    )
    await room.store.commit({ delete: [headKey(ref)] })
    await assert.rejects(
      room.publish({}, 'Third'),
      hasCode('signature_invalid', /release 1 that it doesn't know/),
    )
  })

  test('cannot make the head tell of another artifact, time or changelog', async (context) => {
    const room = await createHistory(context)
    const head = await valueAt(room.store, headKey(ref))
    const lies = [
      { artifactId: '0'.repeat(64) },
      { createdAt: '2026-01-01T00:00:00.000Z' },
      { changelog: null },
      { sequence: 2 },
    ]
    for (const lie of lies) {
      await overwrite(room.store, headKey(ref), { ...head, ...lie })
      await assert.rejects(room.releases.get(ref), hasCode('signature_invalid', /head record/))
      await assert.rejects(room.releases.summary(ref), hasCode('signature_invalid', /head record/))
      await assert.rejects(room.releases.list('cursor'), hasCode('signature_invalid', /head record/))
      await assert.rejects(
        room.releases.history(ref, { limit: 1 }),
        hasCode('signature_invalid', /head record/),
      )
    }
  })

  test('cannot have a list tell of a release that nobody signed', async (context) => {
    const room = await createHistory(context)
    const head = await valueAt(room.store, headKey(ref))
    await overwrite(room.store, headKey(ref), { ...head, sequence: 41 })
    await assert.rejects(room.releases.summary(ref), hasCode('signature_invalid', /release 41.*missing/i))
    await assert.rejects(room.releases.list('cursor'), hasCode('signature_invalid', /release 41.*missing/i))
  })

  test('cannot hide a profile by damaging its head', async (context) => {
    const room = await createHistory(context)
    await overwrite(room.store, headKey(ref), 'damaged')
    assert.deepEqual(await room.releases.names(null), [`${ref.clientId}/${ref.profileId}`])
    await assert.rejects(room.releases.list('cursor'), hasCode('signature_invalid', /malformed/))
  })

  test('cannot lead an artifact id to a release of another artifact', async (context) => {
    const room = await createHistory(context)
    const { artifactId } = await room.releases.get(ref)
    await overwrite(room.store, newestKey(ref, artifactId), 1)
    await assert.rejects(room.releases.get(ref, { artifactId }), hasCode('signature_invalid', /index record/))
  })

  test('cannot plant an artifact that is no configuration', async (context) => {
    const room = await createHistory(context)
    const nested = `{"mcpServers":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    for (const text of [
      '',
      'null',
      '{',
      '[]',
      '{"mcpServers":[]}',
      '{"mcpServers":{"a":{"type":"stdio"}}}',
      nested,
    ]) {
      const artifactId = sha256Hex(text)
      await overwrite(room.store, `artifacts/${artifactId}`, text)
      await assert.rejects(
        room.releases.compare(ref, { artifactId }),
        hasCode('artifact_corrupt', /not a configuration/),
      )
    }
  })

  test('cannot have a spoilt artifact taken for the one that is being published', async (context) => {
    const room = await createHistory(context)
    const { artifactId } = await room.releases.get(ref, { sequence: 1 })
    await overwrite(room.store, `artifacts/${artifactId}`, '{"mcpServers":{}}')
    const revision = await room.store.revision()
    await assert.rejects(room.publish({ memory }, 'Fourth'), hasCode('artifact_corrupt'))
    assert.equal(await room.store.revision(), revision)
  })

  test('is noticed by who has read the good release before', async (context) => {
    const room = await createHistory(context)
    const good = await room.releases.get(ref)
    await room.releases.history(ref, { limit: 3 })
    await overwrite(room.store, releaseKey(ref, 3), { ...good.envelope, payload: 'AAAA' })
    await assert.rejects(room.releases.get(ref), hasCode('signature_invalid'))
    await assert.rejects(room.releases.history(ref, { limit: 3 }), hasCode('signature_invalid'))
  })
})

describe('A thief of the signing key', () => {
  test('cannot rewrite an earlier release: the later one does not follow it', async (context) => {
    const room = await createHistory(context)
    const second = await room.releases.get(ref, { sequence: 2 })
    const rewritten = { ...statementOf(second.envelope), changelog: 'Rewritten' }
    await overwrite(room.store, releaseKey(ref, 2), envelopeFor(rewritten, await room.keys.signer()))
    const elsewhere = room.elsewhere()
    await assert.rejects(
      elsewhere.get(ref),
      hasCode('signature_invalid', /release 2 in the store is not the one/),
    )
    await assert.rejects(elsewhere.history(ref, { limit: 3 }), hasCode('signature_invalid', /not the one/))
  })

  test('cannot sign anything but a release', async (context) => {
    const room = await createHistory(context)
    const envelope = signEnvelope(
      Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}'),
      await room.keys.signer(),
    )
    await overwrite(room.store, releaseKey(ref, 3), envelope)
    await assert.rejects(room.releases.get(ref), hasCode('signature_invalid', /not a release/))
  })

  test('is locked out when the key is no longer trusted, also where its releases were read before', async (context) => {
    const room = await createHistory(context)
    const { signingKeyId } = await room.releases.get(ref)
    await room.releases.history(ref, { limit: 3 })
    const { publicKeyPath } = await room.keys.initialize()
    await room.keys.initialize({ regenerate: true })
    const { release } = await room.publish({ memory }, 'By the new key')
    await rm(publicKeyPath)
    await assert.rejects(room.releases.get(ref, { sequence: 3 }), hasCode('signature_invalid'))
    await assert.rejects(room.releases.history(ref, { limit: 4 }), hasCode('signature_invalid'))
    assert.notEqual(release.signingKeyId, signingKeyId)
    assert.deepEqual(await room.elsewhere().get(ref), release)
  })
})

describe('Whatever is in the store', () => {
  let entries: readonly Entry[]
  let room: Room
  let truth: Readonly<Record<string, unknown>>

  // One history for all the changes below, each on a copy of it.
  before(async () => {
    room = await openRoom(await mkdtemp(join(tmpdir(), 'mcp-orchestration-')), createMemoryStore())
    await publishThree(room)
    entries = await room.store.list('')
    truth = await ask(entries)
  })

  after(() => rm(room.folder, { recursive: true }))

  /** Every question there is, each with its answer or the code of its error. */
  async function ask(contents: readonly Contents[]): Promise<Readonly<Record<string, unknown>>> {
    const store = createMemoryStore()
    await store.commit({ put: Object.fromEntries(contents.map(({ key, value }) => [key, value])) })
    const drafts = createDraftShelf()
    drafts.put(ref, { mcpServers: newestServers })
    const releases = createReleases({ store, drafts, keys: room.keys, clock: createClock() })
    const answers = Object.entries(questions(releases)).map(async ([name, question]) => [
      name,
      await outcomeOf(question),
    ])
    return Object.fromEntries(await Promise.all(answers))
  }

  async function assertTrueOrRefused(
    key: string,
    contents: readonly Contents[],
    what: string,
  ): Promise<void> {
    const refusals =
      key.startsWith('artifacts/') || key.startsWith('releases/') ? verdicts : [...verdicts, ...losses]
    for (const [question, answer] of Object.entries(await ask(contents))) {
      if (refusals.includes(String(answer))) continue
      assert.deepEqual(answer, truth[question], `${question}, ${key} ${what}`)
    }
  }

  function withValue(key: string, value: JsonValue): readonly Contents[] {
    return entries.map((entry) => (entry.key === key ? { key, value } : entry))
  }

  test('with any member of any record changed, an answer is true or is refused', async () => {
    for (const { key, value } of entries) {
      for (const [change, changed] of changesOf(value)) {
        await assertTrueOrRefused(key, withValue(key, changed), change)
      }
    }
  })

  test('with any record lost but those of the index, an answer is true or is refused', async () => {
    for (const { key } of entries.filter((entry) => !entry.key.startsWith('newest/'))) {
      const rest = entries.filter((entry) => entry.key !== key)
      await assertTrueOrRefused(key, rest, 'lost')
    }
  })

  test('with its index record lost, a release is not found by its artifact any more, but by its sequence', async () => {
    const { artifactId } = await room.releases.get(ref, { sequence: 1 })
    const answers = await ask(entries.filter(({ key }) => key !== newestKey(ref, artifactId)))
    const changed = Object.keys(truth).filter(
      (question) => !isDeepStrictEqual(answers[question], truth[question]),
    )
    assert.deepEqual(
      changed.map((question) => question.replace(/\d/, '…')),
      ['get artifact …', 'compare artifact …'],
    )
  })

  test('with any JSON in the place of a record, an answer is true or is refused', async () => {
    const keys = entries.map(({ key }) => key)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.json(), async (key, json) => {
        await assertTrueOrRefused(key, withValue(key, JSON.parse(json)), json)
      }),
      { numRuns: 200 },
    )
  })

  function questions(releases: Releases): Readonly<Record<string, () => Promise<unknown>>> {
    const artifacts = entries
      .map(({ key }) => /^artifacts\/(.*)$/.exec(key)?.[1])
      .filter((id) => id !== undefined)
    const byArtifact = artifacts.map(
      (artifactId, index) =>
        [
          [`get artifact ${index}`, () => releases.get(ref, { artifactId })],
          [`compare artifact ${index}`, () => releases.compare(ref, { artifactId })],
        ] as const,
    )
    return {
      latest: () => releases.get(ref),
      summary: () => releases.summary(ref),
      list: async () => (await releases.list('cursor')).at(0),
      'get 1': () => releases.get(ref, { sequence: 1 }),
      'get 2': () => releases.get(ref, { sequence: 2 }),
      'get 3': () => releases.get(ref, { sequence: 3 }),
      history: () => releases.history(ref, { limit: 10 }),
      compare: () => releases.compare(ref, { payload: { mcpServers: { docs } } as Payload }),
      publish: () => releases.publish(ref, { changelog: 'Third' }),
      ...Object.fromEntries(byArtifact.flat()),
    }
  }
})

type Contents = Pick<Entry, 'key' | 'value'>

const verdicts: readonly string[] = ['signature_invalid', 'artifact_corrupt']

/** Only where a record was lost or changed that isn't signed and only says where to look. */
const losses: readonly string[] = ['artifact_not_found', 'nothing_published', 'undefined']

/** The hint in the envelope is nobody's word, so an answer may differ in it. */
async function outcomeOf(question: () => Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(
      JSON.stringify((await question()) ?? 'undefined', (name, value) => (name === 'keyid' ? '' : value)),
    )
  } catch (error) {
    assert.ok(error instanceof OrchestrationError, `${error instanceof Error ? error.stack : error}`)
    return error.code
  }
}

const strangers: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2,
  2 ** 60,
  '',
  'x',
  '\u0000',
  [],
  [[]],
  {},
  { sha256: 'x' },
]

/** The value with each of its members in turn replaced, left out or, where it is a text, spoilt. */
function changesOf(value: JsonValue, path = ''): readonly (readonly [string, JsonValue])[] {
  const here = [...strangers, ...(typeof value === 'string' ? spoilt(value) : [])]
  const changes = here.map((stranger) => [`${path}=${JSON.stringify(stranger)}`, stranger] as const)
  return [...changes, ...insideChanges(value, path)]
}

function insideChanges(value: JsonValue, path: string): readonly (readonly [string, JsonValue])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as JsonObject).flatMap(([name, member]) => {
    const { [name]: _, ...rest } = value as JsonObject
    const replace = (changed: JsonValue) =>
      Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed }
    const changed = changesOf(member, `${path}/${name}`).map(
      ([what, inner]) => [what, replace(inner)] as const,
    )
    return [[`${path}/${name} left out`, Array.isArray(value) ? [] : rest] as const, ...changed]
  })
}

function spoilt(text: string): readonly string[] {
  const middle = Math.floor(text.length / 2)
  const other = text[middle] === 'A' ? 'B' : 'A'
  return [
    text.slice(0, -1),
    `${text} `,
    text.slice(0, middle) + other + text.slice(middle + 1),
    text.toUpperCase(),
  ]
}
