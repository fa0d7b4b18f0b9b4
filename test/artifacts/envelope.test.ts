import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { type Envelope, signEnvelope, toSignedBytes, verifyEnvelope } from '../../src/artifacts/envelope.ts'
import { toKeyId, toPublicPem } from '../../src/keys/public-key.ts'
import type { Signer } from '../../src/keys/signing-keys.ts'
import { readFixture, temporaryFolder } from './room.ts'

const type = 'application/vnd.in-toto+json'
const priya = createParty()
const mallory = createParty()
const trusted = new Map([[priya.signer.keyId, priya.publicKey]])
// Its base64 has both of the characters that the two alphabets write differently.
const body = Buffer.from([0xfb, 0xff, 0xbe, 0x00])
const envelope = signEnvelope(body, priya.signer)

function createParty() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signer: Signer = { keyId: toKeyId(publicKey), sign: (bytes) => sign(null, bytes, privateKey) }
  return { signer, publicKey, privateKey }
}

function isAccepted(value: unknown, keys = trusted): boolean {
  return verifyEnvelope(value, keys).ok
}

function reasonFor(value: unknown): string {
  const verification = verifyEnvelope(value, trusted)
  assert.ok(!verification.ok)
  return verification.reason
}

function withSignatures(...signatures: readonly unknown[]): unknown {
  return { ...envelope, signatures }
}

function sigOf({ signatures: [first] }: Envelope): string {
  return first?.sig ?? ''
}

describe('The test vector of DSSE protocol.md', () => {
  const payloadType = 'http://example.com/HelloWorld'
  const x = 46950820868899156662930047687818585632848591499744589407958293238635476079160n
  const y = 5640078356564379163099075877009565129882514886557779369047442380624545832820n
  const sig = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=='

  test('The signed bytes are those that it prints', () => {
    const bytes = toSignedBytes(payloadType, Buffer.from('hello world'))
    assert.equal(Buffer.from(bytes).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  })

  test('Its signature is one over our signed bytes', () => {
    const coordinate = (value: bigint) =>
      Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toString('base64url')
    const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const bytes = toSignedBytes(payloadType, Buffer.from('hello world'))
    const signature = Buffer.from(sig, 'base64')
    assert.ok(verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature))
  })

  test('Lengths are counted in bytes', () => {
    assert.equal(Buffer.from(toSignedBytes('é', Buffer.from('📁'))).toString(), 'DSSEv1 2 é 4 📁')
  })
})

describe('An envelope is refused when', () => {
  test('a stranger signed it', () => {
    assert.match(reasonFor(signEnvelope(body, mallory.signer)), /none of its signatures is by a trusted key/)
  })

  test('a stranger signed it in the name of a trusted key', () => {
    const forged = signEnvelope(body, { ...mallory.signer, keyId: priya.signer.keyId })
    assert.match(reasonFor(forged), /none of its signatures/)
  })

  test('its payload is another', () => {
    assert.match(reasonFor({ ...envelope, payload: '+/++AQ==' }), /none of its signatures/)
  })

  test('its type is another', () => {
    assert.match(reasonFor({ ...envelope, payloadType: 'application/json' }), /none of its signatures/)
  })

  test('a trusted key signed something of another type', () => {
    const other = { ...priya.signer, sign: () => priya.signer.sign(toSignedBytes('text/plain', body)) }
    assert.match(
      reasonFor({ ...signEnvelope(body, other), payloadType: 'text/plain' }),
      /type is not supported/,
    )
  })

  test('it has no signature, or an empty or a short one', () => {
    assert.match(reasonFor(withSignatures()), /none of its signatures/)
    assert.match(reasonFor(withSignatures({ keyid: priya.signer.keyId, sig: '' })), /none of its signatures/)
    assert.match(
      reasonFor(withSignatures({ keyid: priya.signer.keyId, sig: 'AAAA' })),
      /none of its signatures/,
    )
  })

  test('one signature does not decode, though another is good', () => {
    const [good] = envelope.signatures
    for (const bad of [null, 'sig', {}, { sig: 7 }, { sig: '*' }, { sig: sigOf(envelope), keyid: null }]) {
      assert.match(reasonFor(withSignatures(good, bad)), /not a DSSE envelope/)
    }
  })

  test('it is no envelope at all', () => {
    const { payload, ...withoutPayload } = envelope
    const { payloadType, ...withoutType } = envelope
    const { signatures, ...withoutSignatures } = envelope
    const misshapen = [withoutPayload, withoutType, withoutSignatures, { ...envelope, signatures: {} }]
    for (const value of [null, 'text', 5, [], [envelope], {}, ...misshapen]) {
      assert.match(reasonFor(value), /not a DSSE envelope/)
    }
  })

  test('its base64 mixes the alphabets, lacks its padding or is spelt in a second way', () => {
    for (const payload of ['+_--AA==', '+/++AA', '+/++AA=', '+/++AB==', ' +/++AA==', '+/++\nAA==', 'é']) {
      assert.match(reasonFor({ ...envelope, payload }), /not a DSSE envelope/)
    }
  })
})

describe('An envelope is accepted when', () => {
  test('a trusted key signed it, and the answer is the body that was verified', () => {
    const verification = verifyEnvelope(envelope, trusted)
    assert.ok(verification.ok)
    assert.deepEqual(Buffer.from(verification.body), body)
    assert.equal(verification.keyId, priya.signer.keyId)
    assert.equal(verification.sig, sigOf(envelope))
    assert.deepEqual(verification.envelope, envelope)
  })

  test('it is written in either base64 alphabet', () => {
    assert.equal(envelope.payload, '+/++AA==')
    const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')
    const sig = urlSafe(sigOf(envelope))
    assert.ok(isAccepted({ ...envelope, payload: '-_--AA==', signatures: [{ keyid: '', sig }] }))
    assert.ok(isAccepted({ ...envelope, payload: '-_--AA==' }))
  })

  test('the hint of the key is wrong, empty or absent', () => {
    const sig = sigOf(envelope)
    for (const signature of [{ sig, keyid: mallory.signer.keyId }, { sig, keyid: '' }, { sig }]) {
      const both = new Map([...trusted, [mallory.signer.keyId, mallory.publicKey]])
      const verification = verifyEnvelope(withSignatures(signature), both)
      assert.ok(verification.ok)
      assert.equal(verification.keyId, priya.signer.keyId)
    }
  })

  test('one of several signatures is by a trusted key', () => {
    const [stranger] = signEnvelope(body, mallory.signer).signatures
    const verification = verifyEnvelope(withSignatures(stranger, ...envelope.signatures), trusted)
    assert.ok(verification.ok)
    assert.equal(verification.sig, sigOf(envelope))
  })

  test('it has members that nobody knows, which are left out of the answer', () => {
    const signatures = envelope.signatures.map((signature) => ({ ...signature, extension: {} }))
    const verification = verifyEnvelope({ ...envelope, signatures, note: 'hello' }, trusted)
    assert.ok(verification.ok)
    assert.deepEqual(verification.envelope, envelope)
  })
})

describe('Beside openssl', () => {
  before(() => {
    assert.doesNotThrow(
      () => execFileSync('openssl', ['version']),
      'These tests need the openssl command on the PATH',
    )
  })

  test('What openssl signed is accepted, in both alphabets', async () => {
    const key = createPublicKey(await readFixture('public-key.pem'))
    const keyId = await readFixture('key-id.txt')
    assert.equal(toKeyId(key), keyId)
    for (const name of ['release-1.dsse', 'release-2.dsse']) {
      const value: unknown = JSON.parse(await readFixture(name))
      assert.ok(isAccepted(value, new Map([[keyId, key]])), name)
      assert.ok(!isAccepted(value), name)
    }
  })

  test('What we signed openssl accepts', async (context) => {
    const folder = await temporaryFolder(context)
    const text = '{"changelog":"für alle"}'
    const signed = signEnvelope(Buffer.from(text), priya.signer)
    await writeFile(join(folder, 'key.pem'), toPublicPem(priya.publicKey))
    await writeFile(join(folder, 'sig'), Buffer.from(sigOf(signed), 'base64'))
    await writeFile(join(folder, 'good'), `DSSEv1 28 ${type} 25 ${text}`)
    await writeFile(join(folder, 'bad'), `DSSEv1 28 ${type} 25 ${text.toUpperCase()}`)
    assert.match(opensslVerify(folder, 'good'), /Verified Successfully/)
    assert.throws(() => opensslVerify(folder, 'bad'), /Verification Failure/)
  })
})

function opensslVerify(folder: string, file: string): string {
  const args = ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', file, '-sigfile', 'sig']
  try {
    return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(stdout + stderr)
  }
}
