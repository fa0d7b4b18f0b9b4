import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { readKeySet } from '../../src/keys/key-set.ts'

/** RFC 8037 appendix A.2, and its thumbprint in appendix A.3. */
const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const thumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
const pair = generateKeyPairSync('ed25519')
const other = pair.publicKey.export({ format: 'jwk' })

function idsOf(...keys: readonly unknown[]): readonly string[] {
  const read = readKeySet({ keys })
  assert.ok(read.ok, read.ok ? '' : read.reason)
  return [...read.keys.keys()]
}

function reasonFor(value: unknown): string {
  const read = readKeySet(value)
  assert.ok(!read.ok, 'It was read')
  return read.reason
}

describe('A key set', () => {
  test('is read by the ids that are computed of its keys, whatever they are called', () => {
    assert.deepEqual(idsOf({ ...key, kid: 'mallory' }), [thumbprint])
    assert.deepEqual(idsOf(key, { ...key, kid: 'again' }), [thumbprint])
    assert.equal(idsOf(key, other).length, 2)
  })

  test('may say what its keys are for', () => {
    for (const alg of ['EdDSA', 'Ed25519'])
      assert.deepEqual(idsOf({ ...key, use: 'sig', key_ops: ['verify'], alg }), [thumbprint])
  })

  test('may hold keys of other kinds beside ours, which are left out', () => {
    const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { publicKey: x25519 } = generateKeyPairSync('x25519')
    const strangers = [rsa, x25519].map((each) => each.export({ format: 'jwk' }))
    assert.deepEqual(idsOf(...strangers, {}, key), [thumbprint])
  })

  test('without any key that can be used says of the first why', () => {
    assert.equal(reasonFor({ keys: [] }), 'None of its 0 keys can be used')
    const unusable = [
      [{ ...key, kty: 'EC' }, /not an Ed25519 key/],
      [{ ...key, crv: 'X25519' }, /not an Ed25519 key/],
      [{ kty: 'OKP', crv: 'Ed25519' }, /not an Ed25519 key/],
      [{ ...key, use: 'enc' }, /not meant for/],
      [{ ...key, key_ops: ['sign'] }, /not meant for/],
      [{ ...key, key_ops: 'verify' }, /not meant for/],
      [{ ...key, alg: 'ES256' }, /not meant for/],
      [{ ...key, x: key.x.slice(1) }, /malformed/],
      [{ ...key, x: `${key.x}=` }, /not in base64url/],
      [{ ...key, x: key.x.replace('_', '/') }, /not in base64url/],
      [{ ...key, x: `${key.x.slice(0, -1)}p` }, /not in base64url/],
    ] as const
    for (const [jwk, reason] of unusable)
      assert.match(reasonFor({ keys: [jwk] }), reason, JSON.stringify(jwk))
  })

  test('is spoilt by a private key, which is not repeated', () => {
    const jwk = pair.privateKey.export({ format: 'jwk' })
    const reason = reasonFor({ keys: [key, jwk] })
    assert.match(reason, /private key/)
    assert.ok(!reason.includes(String(jwk.d)))
  })

  test('is no other value', () => {
    for (const value of [undefined, null, 'keys', [], [key], {}, key, { keys: {} }, { keys: key }])
      assert.equal(reasonFor(value), 'It is not a JWK set')
    for (const each of [null, 'key', [key]]) assert.match(reasonFor({ keys: [key, each] }), /Not every key/)
  })
})
