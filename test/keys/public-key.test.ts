import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { fromPublicPem, toKeyId, toPublicJwk, toPublicPem } from '../../src/keys/public-key.ts'
import { readFixture } from '../artifacts/room.ts'

/** RFC 8037 appendix A.2, and its thumbprint in appendix A.3. */
const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
const thumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })

describe('A public key', () => {
  test('has the id that RFC 8037 appendix A.3 computes', () => {
    assert.equal(toKeyId(key), thumbprint)
  })

  test('is a JWK with nothing private in it', () => {
    assert.deepEqual(toPublicJwk(key), { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint, use: 'sig' })
  })

  test('comes back from its PEM', async () => {
    const parsed = fromPublicPem(toPublicPem(key))
    assert.ok(parsed.ok)
    assert.equal(toKeyId(parsed.key), thumbprint)
    const foreign = fromPublicPem(await readFixture('public-key.pem'))
    assert.ok(foreign.ok)
    assert.equal(toKeyId(foreign.key), await readFixture('key-id.txt'))
  })

  test('is not read from the PEM of anything else', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { publicKey: x25519 } = generateKeyPairSync('x25519')
    const refused = [
      [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /not the PEM of a public key/],
      ['hello', /not the PEM of a public key/],
      ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', /malformed/],
      [toPublicPem(rsa), /not an Ed25519 key/],
      [toPublicPem(x25519), /not an Ed25519 key/],
    ] as const
    for (const [pem, reason] of refused) {
      const parsed = fromPublicPem(pem)
      assert.ok(!parsed.ok)
      assert.match(parsed.reason, reason)
    }
  })
})
