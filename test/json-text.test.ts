import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findJsonFault, parseJson } from '../src/json-text.ts'

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

describe('JSON in bytes', () => {
  const nested = (depth: number) => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`
  const texts: readonly string[] = [
    ...[
      'null',
      'false',
      '0',
      '-0',
      '""',
      '{}',
      '[]',
      '1.0',
      '1e3',
      '1e999',
      '-1e999',
      '5e-324',
      '123456789012345678901',
    ],
    ...['{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"b":1,"1":2}', '{"1":2,"b":1}', '{"__proto__":{"a":1}}'],
    ...[
      '{"__proto__":1,"__proto__":1}',
      '{"toJSON":1}',
      '"\\ud800"',
      '{"\\udc00":1}',
      '"\\ud83d\\ude00"',
      '"\\\\ud800"',
    ],
    ...[
      '"\u2028é→\u{1F600}"',
      '"\u007f"',
      ' {}',
      '{} ',
      '{"a": 1}',
      '[1,]',
      '{"a":1}}',
      '"\t"',
      '"\\t\\/"',
      '\ufeff{}',
    ],
    ...[nested(31), nested(32), nested(33), '['.repeat(100_000), `{"x":${'['.repeat(64)}${']'.repeat(64)}}`],
  ]
  for (const text of texts)
    test(`is what the search for faults makes of it: ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.deepEqual(outcomeOf(text), searchedOutcomeOf(text))
    })

  test('is what the search makes of it, whatever is written and however it was altered', () => {
    const written = fc
      .tuple(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1))
      .map(([value, indent]) => JSON.stringify(value, undefined, indent))
    const altered = fc
      .tuple(
        written,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.constantFrom('', '"', ',', '{', '}', '"a":1,', '\\u', '0', 'e9'),
      )
      .map(([text, at, gone, more]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + more + text.slice(place + gone)
      })
    fc.assert(
      fc.property(fc.oneof(written, altered), (text) => {
        fc.pre(text !== '' && text.isWellFormed())
        assert.deepEqual(outcomeOf(text), searchedOutcomeOf(text))
      }),
      { numRuns: 2_000 },
    )
  })
})

function outcomeOf(text: string): unknown {
  try {
    return { value: parseJson(Buffer.from(text)) }
  } catch {
    return 'refused'
  }
}

function searchedOutcomeOf(text: string): unknown {
  const plain = text.replace(/^\ufeff/, '')
  return findJsonFault(plain, 64) ? 'refused' : { value: JSON.parse(plain) }
}
