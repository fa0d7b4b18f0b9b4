import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromPointer, isObject, quote, shorten, toPointer } from '../src/json.ts'

test('an object is neither null nor an array', () => {
  const values = [{}, { a: 1 }, Object.create(null), null, undefined, [], 'a', 1]
  assert.deepEqual(values.map(isObject), [true, true, true, false, false, false, false, false])
})

describe('a JSON Pointer', () => {
  // RFC 6901, section 5, and what would come out wrong were the two escapes made in the other order.
  const pointers: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['/', ['']],
    ['/foo/0', ['foo', '0']],
    ['/a~1b', ['a/b']],
    ['/m~0n', ['m~n']],
    ['/~01', ['~1']],
    ['/ /~1~0', [' ', '/~']],
  ]
  for (const [pointer, steps] of pointers) {
    test(`${JSON.stringify(pointer)} leads along ${JSON.stringify(steps)}`, () => {
      assert.equal(toPointer(...steps), pointer)
      assert.deepEqual(fromPointer(pointer), steps)
    })
  }
})

describe('a value in a sentence', () => {
  const values: readonly (readonly [string, unknown, string])[] = [
    ['is quoted', 'a b', '"a b"'],
    ['has its quotes and control characters escaped', 'a"\n\0', '"a\\"\\n\\u0000"'],
    ['is cut within its quotes when it is long', 'x'.repeat(81), `"${'x'.repeat(80)}…"`],
    ['is whole up to 80 characters', 'x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['is JSON when it is no text', [1, null], '[1,null]'],
    ['is cut as JSON, too', Array.from({ length: 99 }, () => 1), `[${'1,'.repeat(99).slice(0, 79)}…`],
    ['may be missing', undefined, 'undefined'],
  ]
  for (const [title, value, text] of values) test(title, () => assert.equal(quote(value), text))

  test('is shortened without quotes, too', () => {
    assert.deepEqual(['short', 'x'.repeat(81)].map(shorten), ['short', `${'x'.repeat(80)}…`])
  })
})
