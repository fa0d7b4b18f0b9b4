import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sha256Hex } from '../../src/artifacts/canonical.ts'
import {
  readStatement,
  type Statement,
  toReleaseDigest,
  writeStatement,
} from '../../src/artifacts/statement.ts'
import { readFixture } from './room.ts'

const first: Statement = {
  clientId: 'cursor',
  profileId: 'default',
  artifactId: 'a'.repeat(64),
  sequence: 1,
  previousRelease: null,
  createdAt: '2026-10-01T08:00:00.000Z',
  changelog: null,
}

function textOf(statement: Statement): string {
  const written = writeStatement(statement)
  assert.ok(written.ok)
  return written.text
}

function read(text: string): Statement | undefined {
  return readStatement(Buffer.from(text))
}

/** The first statement's text with one thing replaced; it must be there. */
function altered(from: string, to: string): string {
  const text = textOf(first)
  assert.ok(text.includes(from), from)
  return text.replace(from, to)
}

describe('A statement', () => {
  test('is an in-toto Statement v1 in its canonical form', () => {
    assert.equal(
      textOf({ ...first, changelog: 'Adds docs' }),
      `{"_type":"https://in-toto.io/Statement/v1","predicate":{"changelog":"Adds docs","client_id":"cursor","created_at":"2026-10-01T08:00:00.000Z","previous_release":null,"profile_id":"default","sequence":1},"predicateType":"urn:mcp-orchestration:release:v1","subject":[{"digest":{"sha256":"${'a'.repeat(64)}"},"name":"cursor/default"}]}`,
    )
  })

  test('is read as it was written', () => {
    const second = { ...first, sequence: 2, previousRelease: 'b'.repeat(64), changelog: 'für alle 📁' }
    assert.deepEqual(read(textOf(first)), first)
    assert.deepEqual(read(textOf(second)), second)
  })

  test('written by another hand is understood, and links to the one before it', async () => {
    const [one, two] = await Promise.all(['release-1.dsse', 'release-2.dsse'].map(bodyOf))
    assert.deepEqual(one && readStatement(one), {
      ...first,
      artifactId: sha256Hex(await readFixture('artifact-1.txt')),
      changelog: 'Dateien für alle – 📁',
    })
    assert.equal(two && readStatement(two)?.previousRelease, one && toReleaseDigest(one))
  })

  test('is not written with a changelog that UTF-8 cannot carry', () => {
    assert.deepEqual(writeStatement({ ...first, changelog: '\ud83d' }), {
      ok: false,
      reason: 'Lone surrogate is not allowed',
    })
  })

  test('may have members that nobody knows, as long as its form is canonical', () => {
    assert.deepEqual(read(altered('"profile_id"', '"later":1,"profile_id"')), undefined)
    assert.deepEqual(read(altered('"previous_release"', '"later":{},"previous_release"')), first)
  })

  test('is not read when a value is another than it can be', () => {
    const changes = [
      ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'],
      ['urn:mcp-orchestration:release:v1', 'urn:mcp-orchestration:release:v2'],
      ['"client_id":"cursor"', '"client_id":7'],
      ['"profile_id":"default"', '"profile_id":null'],
      ['"sequence":1', '"sequence":0'],
      ['"sequence":1', '"sequence":1.5'],
      ['"sequence":1', '"sequence":"1"'],
      ['"sequence":1', '"sequence":9007199254740992'],
      ['"sequence":1', '"sequence":2'],
      ['"previous_release":null', `"previous_release":"${'b'.repeat(64)}"`],
      ['2026-10-01T08:00:00.000Z', '2026-10-01'],
      ['"created_at":"2026-10-01T08:00:00.000Z"', '"created_at":1'],
      ['"changelog":null', '"changelog":false'],
      ['aaaa', 'AAAA'],
      [`"${'a'.repeat(64)}"`, '7'],
      [`{"sha256":"${'a'.repeat(64)}"}`, 'null'],
    ] as const
    for (const [from, to] of changes) assert.equal(read(altered(from, to)), undefined, to)
  })

  test('is not read when a part is missing or of another shape', () => {
    const predicate = /"predicate":\{[^}]*\}/.exec(textOf(first))?.[0] ?? ''
    const subject = /"subject":\[(.*)\]/.exec(textOf(first))?.[1] ?? ''
    assert.equal(read(altered(predicate, '"predicate":null')), undefined)
    assert.equal(read(altered(`[${subject}]`, '[]')), undefined)
    assert.equal(read(altered(`[${subject}]`, `[${subject},${subject}]`)), undefined)
    assert.equal(read(altered(`[${subject}]`, '[null]')), undefined)
    assert.equal(read(altered(`[${subject}]`, subject)), undefined)
  })

  test('is not read in a form that could be read in two ways', () => {
    for (const text of [
      '',
      'null',
      '[]',
      ` ${textOf(first)}`,
      `\ufeff${textOf(first)}`,
      altered('{"_type"', '{"_type":"x","_type"'),
    ]) {
      assert.equal(read(text), undefined, text)
    }
  })

  test('is not read from bytes that are no UTF-8', () => {
    const bytes = Buffer.from(altered('"changelog":null', '"changelog":"?"'))
    assert.equal(readStatement(bytes)?.changelog, '?')
    bytes[bytes.indexOf('?')] = 0xff
    assert.equal(readStatement(bytes), undefined)
  })
})

async function bodyOf(name: string): Promise<Uint8Array> {
  const { payload } = JSON.parse(await readFixture(name)) as { payload: string }
  return Buffer.from(payload, 'base64')
}
