import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  matchesStrongly,
  matchesWeakly,
  readEntityTags,
  toEntityTag,
} from '../../src/http/routes/entity-tags.ts'

describe('a header of entity tags', () => {
  for (const [header, tags] of [
    ['*', '*'],
    [' * ', '*'],
    ['""', ['""']],
    ['"a"', ['"a"']],
    ['W/"a"', ['W/"a"']],
    ['"a", W/"b","c"', ['"a"', 'W/"b"', '"c"']],
    ['"a,b", "c"', ['"a,b"', '"c"']],
    [', "a",, "b" ,', ['"a"', '"b"']],
    ['"\u00e9\u00ff"', ['"\u00e9\u00ff"']],
  ] as const)
    test(`${JSON.stringify(header)} names ${JSON.stringify(tags)}`, () =>
      assert.deepEqual(readEntityTags('If-Match', header), tags))

  for (const header of [
    '',
    ',',
    'a',
    '"a',
    'a"',
    '"a" "b"',
    '"a"b',
    'w/"a"',
    'W/ "a"',
    '*, "a"',
    '"a", *',
    '"a b"',
    "'a'",
  ])
    test(`${JSON.stringify(header)} is refused, and said again`, () =>
      assert.throws(() => readEntityTags('If-Match', header), {
        code: 'invalid_request',
        message: `If-Match must be one or more ETags, each as it was sent and in its quotes, or *. It is ${JSON.stringify(header)}.`,
      }))

  test('of 16 KiB that nearly fits is refused at once', () => {
    const start = performance.now()
    assert.throws(() => readEntityTags('If-Match', `${'"a", '.repeat(3_000)}"`), { code: 'invalid_request' })
    assert.throws(() => readEntityTags('If-Match', `${' ,'.repeat(8_000)}x`), { code: 'invalid_request' })
    assert.ok(performance.now() - start < 100)
  })
})

describe('a tag', () => {
  const tag = toEntityTag('{"status":"added"}')

  test('of other bytes is another tag', () => {
    assert.match(tag, /^"[\w-]{43}"$/)
    assert.notEqual(toEntityTag('{"status": "added"}'), tag)
  })

  test('that is weak matches for a read and not for a change', () => {
    assert.equal(matchesWeakly([`W/${tag}`], tag), true)
    assert.equal(matchesStrongly([`W/${tag}`], tag), false)
  })

  test('matches itself among others, and no other', () => {
    for (const matches of [matchesWeakly, matchesStrongly]) {
      assert.equal(matches(['"other"', tag], tag), true)
      assert.equal(matches(['"other"'], tag), false)
    }
  })
})
