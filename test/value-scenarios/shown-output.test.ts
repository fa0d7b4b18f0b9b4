import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { differenceOf, masked, type Pairs } from '../../value-scenarios/support/shown-output.ts'

function differs(shown: string, seen: string, pairs: Pairs = new Map()): boolean {
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
    const pairs: Pairs = new Map()
    assert.ok(
      !differs(`${uuid('a')} ${uuid('a')} ${uuid('b')}`, `${uuid('1')} ${uuid('1')} ${uuid('2')}`, pairs),
    )
    assert.ok(!differs(uuid('b'), uuid('2'), pairs))
    assert.ok(differs(uuid('b'), uuid('3'), pairs))
    assert.ok(differs(uuid('c'), uuid('2'), pairs))
  })

  test('teaches nothing about values where it is another one', () => {
    const pairs: Pairs = new Map()
    assert.ok(differs(`${uuid('a')}\nx`, `${uuid('1')}\ny`, pairs))
    assert.ok(!differs(uuid('a'), uuid('2'), pairs))
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
      differenceOf(`id ${uuid('a')}\nx: 1\nend`, `id ${uuid('b')}\nx: 2\nend`, new Map()),
      '         id <uuid>\n- shown  x: 1\n+ seen   x: 2\n         end',
    )
  })
})
