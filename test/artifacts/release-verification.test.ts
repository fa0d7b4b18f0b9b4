import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, test } from 'node:test'
import { sha256Hex, toCanonical } from '../../src/artifacts/canonical.ts'
import { type Envelope, signEnvelope } from '../../src/artifacts/envelope.ts'
import {
  type ReleaseVerification,
  type VerifyReleaseOptions,
  verifyRelease,
} from '../../src/artifacts/release-verification.ts'
import { type Statement, toReleaseDigest, writeStatement } from '../../src/artifacts/statement.ts'
import { type VerificationFailure, verificationFailures } from '../../src/artifacts/verification-failures.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { toKeyId, toPublicJwk } from '../../src/keys/public-key.ts'
import type { Signer } from '../../src/keys/signing-keys.ts'
import { memory, readFixture, ref } from './room.ts'

const priya = createParty()
const mallory = createParty()
const keys = { keys: [priya.jwk] }
const payload = { mcpServers: { memory } }
const statement: Statement = {
  ...ref,
  artifactId: digestOf(payload),
  sequence: 7,
  previousRelease: 'b'.repeat(64),
  createdAt: '2026-10-01T08:00:00.000Z',
  changelog: 'Adds the memory',
}
const answer = toAnswer(statement, payload, signed(statement))

function createParty() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signer: Signer = { keyId: toKeyId(publicKey), sign: (bytes) => sign(null, bytes, privateKey) }
  return { signer, jwk: toPublicJwk(publicKey), privateJwk: privateKey.export({ format: 'jwk' }) }
}

function digestOf(value: unknown): string {
  const canonical = toCanonical(value)
  assert.ok(canonical.ok)
  return sha256Hex(canonical.text)
}

function signed(what: Statement, signer = priya.signer): Envelope {
  const written = writeStatement(what)
  assert.ok(written.ok)
  return signEnvelope(Buffer.from(written.text), signer)
}

/** As get_config answers it, which test/operations holds it to. */
function toAnswer<T extends object>(said: Statement, content: T, envelope: Envelope, serverCount = 1) {
  const [first] = envelope.signatures
  return {
    artifact_id: said.artifactId,
    client_id: said.clientId,
    profile_id: said.profileId,
    created_at: said.createdAt,
    payload: content,
    signature: first?.sig,
    signing_key_id: first?.keyid,
    envelope,
    metadata: {
      changelog: said.changelog,
      server_count: serverCount,
      sequence: said.sequence,
      previous_artifact_id: said.previousRelease === null ? null : 'c'.repeat(64),
    },
  }
}

function verify(value: unknown, options: Partial<VerifyReleaseOptions> = {}): ReleaseVerification {
  return verifyRelease(value, { keys, ...options })
}

function assertRefused(
  verification: ReleaseVerification,
  failure: VerificationFailure,
  message: RegExp = /./,
): void {
  assert.ok(!verification.ok, 'It was accepted')
  assert.equal(verification.failure, failure, verification.message)
  assert.match(verification.message, message)
}

describe('A release', () => {
  test('that a key of the set signed is accepted, with what was signed', () => {
    assert.deepEqual(verify(answer), {
      ok: true,
      release: {
        ...statement,
        releaseDigest: toReleaseDigest(Buffer.from(answer.envelope.payload, 'base64')),
        payload,
        signingKeyId: priya.signer.keyId,
      },
    })
  })

  test('may be the one that is expected, or a later one', () => {
    for (const minSequence of [1, 7]) assert.ok(verify(answer, { ...ref, minSequence }).ok)
  })

  test('may come with fields that nobody signed, such as a history', () => {
    assert.ok(verify({ ...answer, history: [], operation: 'get_config' }).ok)
  })

  test('is given frozen, apart from the answer that it came in', () => {
    const own = structuredClone(answer)
    const verification = verify(own)
    own.payload.mcpServers = { memory: { ...memory, command: 'sh' } }
    assert.ok(verification.ok && Object.isFrozen(verification.release.payload.mcpServers))
    assert.deepEqual(verification.release.payload, payload)
  })

  test('may have further signatures, by strangers too', () => {
    const [stranger] = signed(statement, mallory.signer).signatures
    assert.ok(stranger)
    const signatures = [stranger, ...answer.envelope.signatures]
    assert.ok(verify({ ...answer, envelope: { ...answer.envelope, signatures } }).ok)
  })

  test('is verified whatever its key is called in the set and in the envelope', () => {
    const [only] = answer.envelope.signatures
    const envelope = { ...answer.envelope, signatures: [{ keyid: 'the key of the year', sig: only?.sig }] }
    const verification = verify({ ...answer, envelope }, { keys: { keys: [{ ...priya.jwk, kid: '2026' }] } })
    assert.ok(verification.ok)
    assert.equal(verification.release.signingKeyId, priya.signer.keyId)
  })

  test('made by openssl alone is accepted, in both base64 alphabets', async () => {
    const jwk = toPublicJwk(createPublicKey(await readFixture('public-key.pem')))
    const [one, two] = await Promise.all([readByHand(1), readByHand(2)])
    const first = verify(one, { keys: { keys: [jwk] }, ...ref, minSequence: 1 })
    const second = verify(two, { keys: { keys: [jwk] }, ...ref, minSequence: 2 })
    assert.ok(first.ok && second.ok)
    assert.equal(first.release.changelog, 'Dateien für alle – 📁')
    assert.equal(second.release.previousRelease, first.release.releaseDigest)
    assertRefused(verify(one), 'unknown_key')
  })
})

describe('A verification fails', () => {
  test('when the release is none', () => {
    for (const value of [undefined, null, 'text', 5, [], [answer], {}, { ...answer, envelope: undefined }])
      assertRefused(verify(value), 'not_a_release')
  })

  test('when what was signed is something else', () => {
    const other = signEnvelope(Buffer.from('{"hello":"world"}'), priya.signer)
    assertRefused(verify({ ...answer, envelope: other }), 'not_a_release', /what was signed is not a release/)
    const nameless = { ...statement, clientId: '\u001b[2J' }
    assertRefused(verify(toAnswer(nameless, payload, signed(nameless))), 'not_a_release', /names no client/)
    const strange = { ...statement, artifactId: digestOf({ servers: [] }) }
    const misshapen = toAnswer(strange, { servers: [] }, signed(strange))
    assertRefused(verify(misshapen), 'not_a_release', /not a configuration/)
  })

  test('when the envelope has another type or more signatures than a release can need', () => {
    const [only] = answer.envelope.signatures
    const swapped = { ...answer.envelope, payloadType: 'text/plain' }
    assertRefused(verify({ ...answer, envelope: swapped }), 'signature_invalid')
    const crowd = { ...answer.envelope, signatures: Array.from({ length: 17 }, () => only) }
    assertRefused(verify({ ...answer, envelope: crowd }), 'not_a_release', /not a DSSE envelope/)
  })

  test('when a stranger signed, whom it names', () => {
    const forged = toAnswer(statement, payload, signed(statement, mallory.signer))
    assertRefused(verify(forged), 'unknown_key', new RegExp(`names "${mallory.signer.keyId}"`))
  })

  test('when the signature is not by the key that it names, or there is none', () => {
    const forger = { ...mallory.signer, keyId: priya.signer.keyId }
    assertRefused(verify(toAnswer(statement, payload, signed(statement, forger))), 'signature_invalid')
    const unsigned = { ...answer.envelope, signatures: [] }
    assertRefused(verify({ ...answer, envelope: unsigned }), 'signature_invalid', /it has no signature/)
  })

  test('when the payload is another, or none', () => {
    const other = { mcpServers: { memory: { ...memory, command: 'sh' } } }
    const more = { mcpServers: { memory: { ...memory, cwd: '/' } } }
    const half = { mcpServers: { '\ud800': memory } }
    for (const changed of [other, more, half, undefined, null, 'text', { mcpServers: {} }])
      assertRefused(
        verify({ ...answer, payload: changed }),
        'payload_mismatch',
        new RegExp(statement.artifactId),
      )
  })

  test('when any field contradicts what was signed, or is missing', () => {
    const { metadata, ...top } = answer
    const lies: Readonly<Record<string, object>> = {
      ...Object.fromEntries(
        ['artifact_id', 'client_id', 'profile_id', 'created_at', 'signature', 'signing_key_id'].map(
          (name) => [`/${name}`, { ...top, [name]: 'a lie', metadata }],
        ),
      ),
      ...Object.fromEntries(
        Object.keys(metadata).map((name) => [
          `/metadata/${name}`,
          { ...top, metadata: { ...metadata, [name]: 'a lie' } },
        ]),
      ),
    }
    assert.equal(Object.keys(lies).length, 10)
    for (const [pointer, lie] of Object.entries(lies))
      assertRefused(verify(lie), 'statement_mismatch', new RegExp(`^"${pointer}" is "a lie"`))
    assertRefused(verify(top), 'statement_mismatch', /"\/metadata\/changelog" is undefined/)
  })

  test('when the first release is said to follow another', () => {
    const first = { ...statement, sequence: 1, previousRelease: null }
    const told = toAnswer(first, payload, signed(first))
    assert.ok(verify(told).ok)
    const metadata = { ...told.metadata, previous_artifact_id: 'c'.repeat(64) }
    assertRefused(verify({ ...told, metadata }), 'statement_mismatch', /by what was signed it is null/)
  })

  test('when a value is too deep to be looked through, wherever it stands', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    assertRefused(verify(deep), 'not_a_release')
    assertRefused(verify({ ...answer, envelope: { ...answer.envelope, payload: deep } }), 'not_a_release')
    assertRefused(verify({ ...answer, payload: { mcpServers: deep } }), 'payload_mismatch')
    const metadata = { ...answer.metadata, sequence: deep }
    assertRefused(
      verify({ ...answer, metadata }),
      'statement_mismatch',
      /is an object or a list; .* it is 7\./,
    )
    assertRefused(verify(answer, { keys: { keys: [{ ...priya.jwk, x: deep }] } }), 'key_set_unusable')
  })

  test('when it is not the release that is expected', () => {
    assertRefused(
      verify(answer, { clientId: 'zed' }),
      'wrong_client',
      /cursor\/default, not of the client "zed"/,
    )
    assertRefused(verify(answer, { profileId: 'dev' }), 'wrong_profile', /not of the profile "dev"/)
    assertRefused(verify(answer, { minSequence: 8 }), 'sequence_too_old', /release 7 .* older than release 8/)
  })

  test('when the key set cannot be used, before anything else', () => {
    assertRefused(verify(null, { keys: { keys: [] } }), 'key_set_unusable', /None of its 0 keys/)
    assertRefused(verify(answer, { keys: { keys: [priya.privateJwk] } }), 'key_set_unusable', /private/)
  })

  test('with a name and an exit code of its own, from 10 up', () => {
    const codes = Object.values(verificationFailures).map(({ exitCode }) => exitCode)
    assert.deepEqual(codes, [10, 11, 12, 13, 14, 15, 16, 17, 18])
  })
})

describe('An expectation that would check nothing', () => {
  for (const expected of [
    { clientId: undefined },
    { clientId: 'Cursor' },
    { profileId: undefined },
    { profileId: 5 },
    { minSequence: undefined },
    { minSequence: Number.NaN },
    { minSequence: 0 },
    { minSequence: '8' },
  ])
    test(`is an invalid request: ${Object.keys(expected)} ${Object.values(expected)}`, () => {
      assert.throws(
        () => verifyRelease(answer, { keys, ...expected } as unknown as VerifyReleaseOptions),
        (error) => error instanceof OrchestrationError && error.code === 'invalid_request',
      )
    })
})

/** The answer of the release that `fixtures/make.sh` made. */
async function readByHand(sequence: 1 | 2) {
  const envelope: Envelope = JSON.parse(await readFixture(`release-${sequence}.dsse`))
  const artifact = await readFixture(`artifact-${sequence}.txt`)
  const { predicate } = JSON.parse(Buffer.from(envelope.payload, 'base64').toString())
  const said: Statement = {
    ...ref,
    artifactId: sha256Hex(artifact),
    sequence,
    previousRelease: predicate.previous_release,
    createdAt: predicate.created_at,
    changelog: predicate.changelog,
  }
  return toAnswer(said, JSON.parse(artifact), envelope)
}
