import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { fromStoredGrant, fromStoredUsage, toStoredGrant } from '../../src/tokens/stored-token.ts'
import {
  findRequestFaults,
  findRotationFaults,
  type GrantRequest,
  isExpired,
  isTokenId,
  isTokenShaped,
} from '../../src/tokens/token.ts'
import { addUsage, unused } from '../../src/tokens/usage.ts'
import type { JsonObject, Scope } from '../../src/vocabulary.ts'

const now = new Date('2026-11-01T12:00:00.000Z')

const grant = {
  id: 'tok_0123456789abcdef',
  name: 'n8n',
  scopes: ['read', 'write'] as readonly Scope[],
  limits: null,
  createdAt: now.toISOString(),
  expiresAt: null,
  replacedBy: null,
}

const stored = toStoredGrant({ grant, hashHex: 'ab'.repeat(32) }) as JsonObject

describe('the shape of a token', () => {
  test('what 32 bytes give has it', () => {
    for (let round = 0; round < 200; round += 1)
      assert.ok(isTokenShaped(randomBytes(32).toString('base64url')))
  })

  for (const [text, why] of [
    ['', 'nothing'],
    ['A'.repeat(42), 'too short'],
    ['A'.repeat(44), 'too long'],
    [`${'A'.repeat(42)}B`, 'bits that 32 bytes have not'],
    [`${'A'.repeat(42)}=`, 'padding'],
    [`${'A'.repeat(41)}+A`, 'base64, not base64url'],
    [`${'A'.repeat(43)}\n`, 'a line end'],
    [`${'A'.repeat(42)}\0`, 'NUL'],
    [`${'A'.repeat(42)}А`, 'a Cyrillic look-alike'],
    ['A'.repeat(1_000_000), 'a flood'],
  ] as const) {
    test(`${why} does not`, () => assert.equal(isTokenShaped(text), false))
  }
})

test('an id is tok_ and 16 hex digits, nothing else', () => {
  assert.ok(isTokenId('tok_0123456789abcdef'))
  for (const id of [
    '',
    'tok_',
    'tok_0123456789ABCDEF',
    'tok_0123456789abcdef0',
    'tok_../../../../etc',
    '__proto__',
  ]) {
    assert.equal(isTokenId(id), false)
  }
})

describe('a request for a token', () => {
  const sound: readonly GrantRequest[] = [
    {},
    { name: 'CI of the website' },
    { name: '🔑'.repeat(100) },
    { scopes: ['admin'] },
    { scopes: ['read', 'read'] },
    { expiresAt: new Date(now.getTime() + 1) },
  ]
  for (const request of sound) {
    test(`${JSON.stringify(request).slice(0, 40)} is sound`, () =>
      assert.deepEqual(findRequestFaults(request, now), []))
  }

  const unsound: readonly (readonly [string, GrantRequest])[] = [
    ['/name', { name: '' }],
    ['/name', { name: '   ' }],
    ['/name', { name: 'x'.repeat(101) }],
    ['/name', { name: 'red \u001b[31m' }],
    ['/name', { name: 'two\nlines' }],
    ['/name', { name: 'two\u2028lines' }],
    ['/name', { name: 'half \ud83d' }],
    ['/scopes', { scopes: [] }],
    ['/scopes', { scopes: ['read', 'root' as Scope] }],
    ['/scopes', { scopes: ['__proto__' as Scope] }],
    ['/expires_at', { expiresAt: now }],
    ['/expires_at', { expiresAt: new Date(Number.NaN) }],
  ]
  for (const [pointer, request] of unsound) {
    test(`${JSON.stringify(request).slice(0, 40)} is refused at ${pointer}`, () => {
      assert.deepEqual(
        findRequestFaults(request, now).map((fault) => fault.pointer),
        [pointer],
      )
    })
  }

  test('all faults are told at once', () => {
    const request = { name: '', scopes: [], expiresAt: new Date(0) }
    assert.equal(findRequestFaults(request, now).length, 3)
  })
})

describe('a request for a rotation', () => {
  test('is fine without anything, and with an overlap of nothing', () => {
    assert.deepEqual(findRotationFaults({}, now), [])
    assert.deepEqual(findRotationFaults({ overlapMs: 0 }, now), [])
  })

  for (const overlapMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15])
    test(`is refused with an overlap of ${overlapMs}`, () => {
      assert.deepEqual(
        findRotationFaults({ overlapMs, expiresInMs: 0 }, now).map(({ pointer }) => pointer),
        ['/overlap', '/expires_at'],
      )
    })
})

describe('limits', () => {
  const limited = (limits: GrantRequest['limits'] & {}) =>
    findRequestFaults({ limits }, now).map(({ pointer }) => pointer)

  test('are fine for clients, for profiles and for both', () => {
    assert.deepEqual(limited({ clients: ['cursor'] }), [])
    assert.deepEqual(limited({ profiles: ['cursor/work'] }), [])
    assert.deepEqual(limited({ clients: ['zed'], profiles: ['cursor/work'] }), [])
  })

  test('to nothing, or to more than 100 things, are refused', () => {
    const many = Array.from({ length: 101 }, (_, index) => `c${index}`)
    for (const limits of [{}, { clients: [] }, { clients: many }])
      assert.deepEqual(limited(limits), ['/limits'])
  })

  for (const client of ['', 'Cursor', '../etc', '__proto__', 'cursor/work'])
    test(`to the client "${client}" are refused`, () => {
      assert.deepEqual(limited({ clients: [client] }), ['/limits/clients'])
    })

  for (const profile of ['', 'cursor', 'cursor/', '/work', 'cursor/work/more', 'cursor/..', 'cursor/*'])
    test(`to the profile "${profile}" are refused`, () => {
      assert.deepEqual(limited({ profiles: [profile] }), ['/limits/profiles'])
    })
})

describe('a stored grant', () => {
  test('comes back as it was', () => {
    assert.deepEqual(fromStoredGrant(grant.id, stored), { grant, hashHex: 'ab'.repeat(32) })
  })

  test('comes back with its limits and its successor', () => {
    const limits = { clients: ['zed'], profiles: ['cursor/work'] }
    const whole = { ...grant, limits, replacedBy: 'tok_fedcba9876543210' }
    const value = JSON.parse(JSON.stringify(toStoredGrant({ grant: whole, hashHex: 'ab'.repeat(32) })))
    assert.deepEqual(fromStoredGrant(grant.id, value)?.grant, whole)
  })

  test('from before there were limits is the same as one without', () => {
    assert.deepEqual(Object.keys(stored).toSorted(), ['createdAt', 'expiresAt', 'hash', 'name', 'scopes'])
    assert.equal(fromStoredGrant(grant.id, stored)?.grant.limits, null)
  })

  for (const limits of [
    null,
    'cursor',
    [],
    {},
    { clients: ['a'] },
    { clients: 'a', profiles: [] },
    { clients: [7], profiles: [] },
  ])
    test(`with the limits ${JSON.stringify(limits)} opens nothing, rather than everything`, () => {
      assert.equal(fromStoredGrant(grant.id, { ...stored, limits }), undefined)
    })

  for (const damage of [{ hash: 'ab' }, { hash: null }, { name: 7 }, { createdAt: null }, { expiresAt: 0 }]) {
    test(`with ${JSON.stringify(damage)} opens nothing`, () => {
      assert.equal(fromStoredGrant(grant.id, { ...stored, ...damage }), undefined)
    })
  }

  test('that is no object opens nothing', () => {
    for (const value of [null, 7, 'text', [stored]]) assert.equal(fromStoredGrant(grant.id, value), undefined)
  })

  test('keeps the scopes that are known, and has none if they are unreadable', () => {
    const known = fromStoredGrant(grant.id, { ...stored, scopes: ['read', 'scope of tomorrow'] })
    assert.deepEqual(known?.grant.scopes, ['read'])
    assert.deepEqual(fromStoredGrant(grant.id, { ...stored, scopes: 'admin' })?.grant.scopes, [])
  })

  test('expires at its time, and at once if that can not be read', () => {
    const at = (expiresAt: string | null) => isExpired({ ...grant, expiresAt }, now)
    assert.equal(at(null), false)
    assert.equal(at('2026-11-01T12:00:00.001Z'), false)
    assert.equal(at('2026-11-01T12:00:00.000Z'), true)
    assert.equal(at('some day'), true)
  })
})

describe('usage', () => {
  test('adds up, and the later time holds', () => {
    const early = { usageCount: 2, lastUsedAt: '2026-11-01T12:00:00.000Z' }
    const late = { usageCount: 3, lastUsedAt: '2026-11-01T12:00:00.001Z' }
    const sum = { usageCount: 5, lastUsedAt: late.lastUsedAt }
    assert.deepEqual(addUsage(early, late), sum)
    assert.deepEqual(addUsage(late, early), sum)
    assert.deepEqual(addUsage(unused, early), early)
    assert.deepEqual(addUsage(early, unused), early)
  })

  test('that can not be read counts as none', () => {
    for (const value of [
      undefined,
      null,
      7,
      {},
      { usageCount: '7', lastUsedAt: null },
      { usageCount: 7, lastUsedAt: 0 },
    ]) {
      assert.deepEqual(fromStoredUsage(value), unused)
    }
  })
})
