import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createPairs,
  differenceOf,
  masked,
  withValuesOf,
} from '../../value-scenarios/support/guides/shown-output.ts'

function differs(shown: string, seen: string, pairs = createPairs()): boolean {
  return differenceOf(shown, seen, pairs) !== undefined
}

const uuid = (digit: string) => `${digit.repeat(8)}-1111-4111-8111-111111111111`
const digest = (digit: string) => digit.repeat(64)
const thumbprint = 'id60NgALMP_eAwHLzYhI0VFgyjENa_SkHSqUzU69qp0'

describe('An output', () => {
  for (const [what, shown, seen] of [
    ['a time', '"at":"2026-11-23T00:42:34.814Z"', '"at":"2027-01-02T03:04:05Z"'],
    ['a time to the minute', '2026-11-23T00:42Z', '2027-01-02T03:04Z'],
    ['a time of a header', 'date: Mon, 23 Nov 2026 01:42:34 GMT', 'date: Tue, 24 Nov 2026 01:42:35 GMT'],
    ['a time of the log', '[21:38:35] INFO: x', '[01:02:03] INFO: x'],
    ['a process of the log', '{"level":30,"pid":1,"hostname":"a"}', '{"level":30,"pid":22,"hostname":"b"}'],
    ['a UUID', uuid('a'), uuid('b')],
    ['a digest', `"${digest('a')}"`, `"${digest('b')}"`],
    ['a token', `token ${thumbprint}`, `token ${thumbprint.toLowerCase().replace('i', 'X')}`],
    ['a thumbprint in a path', `/keys/${thumbprint}.pem`, `/keys/A${thumbprint.slice(1)}.pem`],
    ['the id of a token', 'tok_cc4affc144cd6ebe', 'tok_e0e674eb8177ced8'],
    ['a signature', `${'aB3/'.repeat(22)}==`, `${'cD4+'.repeat(22)}==`],
    ['a revision of the store', '"revision":7', '"revision":18'],
    ['a backup', 'a/2026-11-23T00-42-34.858Z-728a2217.json', 'a/2026-11-23T00-42-35.858Z-00000000.json'],
    ['a folder', '/tmp/tmp.QjXwGBwIQV/x', '/tmp/tmp.FmRIGbMblr/x'],
    ['white space at the ends of lines', 'a \nb\n\n', 'a\nb '],
  ] as const)
    test(`is as shown but for ${what}`, () => {
      assert.ok(!differs(shown, seen), `${masked(shown)} ${masked(seen)}`)
    })

  for (const [what, shown, seen] of [
    ['a number', '"count":1', '"count":2'],
    ['a status', 'HTTP/1.1 200 OK', 'HTTP/1.1 201 OK'],
    ['a revision of the protocol', '2025-11-25', '2026-07-28'],
    ['a name', '"artifact_id":"x"', '"artifactId":"x"'],
    ['a word as long as a token', 'a'.repeat(43), 'b'.repeat(43)],
    ['a digest that is cut', digest('a'), digest('a').slice(1)],
    ['a time that is none', '2026-11-23T00:42:34.814Z', 'null'],
    ['what is empty', '', 'x'],
    ['a line more', 'a', 'a\nb'],
    ['a line less', 'a\nb', 'a'],
    ['white space within a line', 'a b', 'a  b'],
    ['a port', '127.0.0.1:8000', '127.0.0.1:8001'],
  ] as const)
    test(`is another one with ${what}`, () => {
      assert.ok(differs(shown, seen))
    })

  test('has the same value wherever the guide has the same, from its first output to its last', () => {
    const pairs = createPairs()
    assert.ok(
      !differs(`${uuid('a')} ${uuid('a')} ${uuid('b')}`, `${uuid('1')} ${uuid('1')} ${uuid('2')}`, pairs),
    )
    assert.ok(!differs(uuid('b'), uuid('2'), pairs))
    assert.ok(differs(uuid('b'), uuid('3'), pairs))
    assert.ok(differs(uuid('c'), uuid('2'), pairs))
  })

  test('teaches nothing about values where it is another one', () => {
    const pairs = createPairs()
    assert.ok(differs(`${uuid('a')}\nx`, `${uuid('1')}\ny`, pairs))
    assert.ok(!differs(uuid('a'), uuid('2'), pairs))
  })

  describe('with several times', () => {
    const shown = '{"created_at":"2026-11-23T00:42:34.814Z","expires_at":"2026-12-23T00:42:34.814Z"}'
    const later = (expires: string) => `{"created_at":"2027-02-01T10:00:00.000Z","expires_at":"${expires}"}`

    test('is as shown where they are as far apart as shown, whenever that is', () => {
      assert.ok(!differs(shown, later('2027-03-03T10:00:00.000Z')))
      assert.ok(!differs(shown, later('2027-03-03T10:02:59.000Z')))
    })

    test('is another one where they are not, by more than a guide takes', () => {
      assert.ok(differs(shown, later('2027-04-02T10:00:00.000Z')))
      assert.ok(differs(shown, later('2027-03-03T10:03:01.000Z')))
      assert.match(
        differenceOf(shown, later('2027-04-02T10:00:00.000Z'), createPairs()) ?? '',
        /2026-12-23T00:42:34\.814Z where 2027-04-02T10:00:00\.000Z came/,
      )
    })

    test('may have them in several outputs', () => {
      const pairs = createPairs()
      assert.ok(!differs('2026-11-23T00:42Z', '2027-02-01T10:00Z', pairs))
      assert.ok(
        differs('expires: Mon, 23 Nov 2026 01:42:34 GMT', 'expires: Mon, 01 Feb 2027 12:00:00 GMT', pairs),
      )
      assert.ok(
        !differs('expires: Mon, 23 Nov 2026 01:42:34 GMT', 'expires: Mon, 01 Feb 2027 11:00:00 GMT', pairs),
      )
    })

    test('has those of the run when it is written anew', () => {
      const pairs = createPairs()
      assert.ok(!differs('…,"at":"2026-11-23T00:42Z"', '{"a":1,"at":"2027-02-01T10:00Z"', pairs))
      assert.equal(withValuesOf(pairs, '…,"at":"2026-11-23T00:42Z"'), '…,"at":"2027-02-01T10:00Z"')
    })

    test('may have one that is always the same', () => {
      const pairs = createPairs()
      assert.ok(
        !differs('2020-01-01T00:00:00Z 2026-11-23T00:42Z', '2020-01-01T00:00:00Z 2027-02-01T10:00Z', pairs),
      )
    })
  })

  test('may leave out what is not of interest, within a line and between lines', () => {
    assert.ok(!differs('{"a":1,…,"z":9}', '{"a":1,"b":2,"z":9}'))
    assert.ok(!differs('first\n…\nlast', 'first\nsecond\nthird\nlast'))
    assert.ok(!differs('…\nlast', 'last'))
    assert.ok(differs('{"a":1,…,"z":9}', '{"a":1,\n"z":9}'))
    assert.ok(differs('first\n…\nlast', 'first\nsecond'))
    assert.ok(differs('a…c', 'abd'))
  })

  test('that is another one is told line by line, without what changes each time', () => {
    assert.equal(
      differenceOf(`id ${uuid('a')}\nx: 1\nend`, `id ${uuid('b')}\nx: 2\nend`, createPairs()),
      '         id <uuid>\n- shown  x: 1\n+ seen   x: 2\n         end',
    )
  })
})
