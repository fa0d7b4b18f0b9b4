import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findJsonFault } from '../src/json-text.ts'

const faultOf = (text: string, maxDepth = 64) => findJsonFault(text, maxDepth)

function isAccepted(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('a fault in JSON text', () => {
  const faulty: readonly (readonly [text: string, position: number, reason: RegExp])[] = [
    ['', 0, /it ends where a value was expected/],
    ['  ', 2, /it ends/],
    ['{"a":}', 5, /a value was expected/],
    ['{"a" 1}', 5, /":" was expected/],
    ['{"a":1', 6, /it ends where "," or "}" was expected/],
    ['{"a":1,}', 7, /a key in double quotes was expected/],
    ['{a:1}', 1, /a key in double quotes/],
    ['[1 2]', 3, /"," or "]" was expected/],
    ['[1,]', 3, /a value was expected/],
    ['"abc', 4, /it ends where a closing quote/],
    ['"a\nb"', 2, /a closing quote was expected/],
    ['"\\x"', 1, /no valid escape/],
    ['"\\u12"', 1, /no valid escape/],
    ['01', 1, /there is more after its end/],
    ['{} {}', 3, /there is more after its end/],
    ['NaN', 0, /a value was expected/],
    ['{"a":1e999}', 5, /too large/],
    ['[-1e999]', 1, /too large/],
    ['["\\ud800"]', 1, /half of a surrogate pair/],
    ['{"\\ud800":1}', 1, /half of a surrogate pair/],
    ['{"a":1,"b":{},"a":2}', 14, /the key "a" is there twice/],
    ['{"a":1,"\\u0061":2}', 7, /the key "a" is there twice/],
    ['[[{"__proto__":1,"__proto__":2}]]', 17, /the key "__proto__" is there twice/],
    ['{// no\n}', 1, /a key in double quotes/],
  ]
  for (const [text, position, reason] of faulty)
    test(`${JSON.stringify(text)} is faulty at ${position}`, () => {
      const fault = faultOf(text)
      assert.equal(fault?.position, position)
      assert.match(fault.reason, reason)
    })

  test('a long key is cut in the reason', () => {
    const key = JSON.stringify('k'.repeat(1000))
    assert.ok((faultOf(`{${key}:1,${key}:2}`)?.reason.length ?? 0) < 120)
  })

  test('nesting is allowed up to the limit and no further', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    assert.equal(faultOf(nested(64)), undefined)
    assert.deepEqual(faultOf(nested(65)), { position: 64, reason: 'it is nested too deeply' })
    assert.match(faultOf('{"a":'.repeat(500_000))?.reason ?? '', /too deeply/)
  })

  test('a megabyte in one string is looked through at once', () => {
    assert.equal(faultOf(JSON.stringify({ text: 'é"\\'.repeat(300_000) })), undefined)
    assert.equal(faultOf(JSON.stringify('x'.repeat(1024 ** 2))), undefined)
  })

  test('what JSON.stringify wrote has none', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), fc.nat(3), (value, indent) => {
        assert.equal(faultOf(JSON.stringify(value, null, indent)), undefined)
      }),
    )
  })

  test('text that JSON.parse refuses always has one', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u00e9',
      '-',
      '0',
      '1.5',
      'e3',
      'true',
      'null',
      ' ',
      '\t',
      '\u0000',
      'é',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        if (!isAccepted(text)) assert.notEqual(faultOf(text), undefined, text)
        else if (!/twice|surrogate/.test(faultOf(text)?.reason ?? ''))
          assert.equal(faultOf(text), undefined, text)
      }),
      { numRuns: 2_000 },
    )
  })
})
