import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createKeptAnswers, type Place } from '../../src/operations/kept-answers.ts'
import type { Principal } from '../../src/operations/operation.ts'

const priya: Principal = { id: 'tok_priya', scopes: ['read'] }
const place: Place = { epoch: 1, principal: priya, request: '/v1/clients' }

describe('an answer that was made', () => {
  test('is kept for the same principal, epoch and request', async () => {
    const { kept, make, count } = setUp()
    assert.equal(kept.get(place), undefined)
    assert.equal(await kept.make(place, make('one')), 'one')
    assert.equal(kept.get(place), 'one')
    assert.equal(kept.get({ ...place }), 'one')
    assert.equal(count(), 1)
  })

  for (const [what, other] of Object.entries<Partial<Place>>({
    'another request': { request: '/v1/clients?limit=1' },
    'another principal': { principal: { id: 'tok_omar', scopes: ['read'] } },
    'a principal that is called the same': { principal: { ...priya } },
    'a principal that is called the same and has other rights': { principal: { ...priya, scopes: [] } },
    'the next epoch': { epoch: 2 },
    'the epoch before': { epoch: 0 },
  }))
    test(`is not given to ${what}`, async () => {
      const { kept, make } = setUp()
      await kept.make(place, make('one'))
      assert.equal(kept.get({ ...place, ...other }), undefined)
      assert.equal(await kept.make({ ...place, ...other }, make('two')), 'two')
    })

  test('is let go of when the epoch ends', async () => {
    const { kept, make } = setUp()
    await kept.make(place, make('one'))
    kept.get({ ...place, epoch: 2 })
    assert.equal(kept.get(place), undefined)
  })

  test('is not let go of for a request of an epoch before', async () => {
    const { kept, make } = setUp()
    await kept.make({ ...place, epoch: 2 }, make('new'))
    assert.equal(await kept.make(place, make('old')), 'old')
    assert.equal(kept.get({ ...place, epoch: 2 }), 'new')
    assert.equal(kept.get(place), undefined)
  })

  test('in an epoch that is over by then is kept for nobody', async () => {
    const { kept, make } = setUp()
    const late = Promise.withResolvers<string>()
    const making = kept.make(place, () => late.promise)
    const next = { ...place, epoch: 2 }
    assert.equal(kept.get(next), undefined)
    late.resolve('old')
    assert.equal(await making, 'old')
    assert.equal(kept.get(next), undefined)
    assert.equal(await kept.make(next, make('new')), 'new')
    assert.equal(kept.get(next), 'new')
  })
})

describe('the making of an answer', () => {
  test('is done once, however many ask at once', async () => {
    const { kept, make, count } = setUp()
    const answers = Array.from({ length: 100 }, () => kept.make(place, make('one')))
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(['one']))
    assert.equal(count(), 1)
  })

  test('is not shared with another principal, another request or another epoch', async () => {
    const { kept, make, count } = setUp()
    const places = [
      place,
      { ...place, principal: { ...priya } },
      { ...place, request: '/v1/servers' },
      { ...place, epoch: 2 },
    ]
    const answers = await Promise.all(places.map((each, index) => kept.make(each, make(`${index}`))))
    assert.deepEqual(answers, ['0', '1', '2', '3'])
    assert.equal(count(), 4)
  })

  test('that fails, fails for all who asked and for nobody after them', async () => {
    const { kept, make } = setUp()
    const fail = async () => {
      throw new Error('The disk is gone.')
    }
    const failing = Array.from({ length: 3 }, () => kept.make(place, fail))
    for (const each of failing) await assert.rejects(each, /The disk is gone/)
    assert.equal(kept.get(place), undefined)
    assert.equal(await kept.make(place, make('one')), 'one')
  })

  test('is shared but nothing kept where the answer is not to be', async () => {
    const { kept, make, count } = setUp({ weigh: () => undefined })
    const both = await Promise.all([kept.make(place, make('a')), kept.make(place, make('b'))])
    assert.deepEqual(both, ['a', 'a'])
    assert.equal(kept.get(place), undefined)
    assert.equal(await kept.make(place, make('c')), 'c')
    assert.equal(count(), 2)
  })
})

describe('the room for answers', () => {
  const request = '/1'
  const at = (index: number, epoch = 1) => ({ ...place, epoch, request: `/${index}` })

  test('is bounded in bytes, of the answers and of what was asked', async () => {
    const { kept, make } = setUp({ maxBytes: 3 * (10 + 2 * request.length) })
    for (let index = 0; index < 5; index += 1) await kept.make(at(index), make('x'.repeat(10)))
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((index) => kept.get(at(index)) !== undefined),
      [true, true, true, false, false],
    )
  })

  test('is one for all principals', async () => {
    const { kept, make } = setUp({ maxBytes: 10 + 2 * request.length })
    const others = [place, { ...place, principal: { ...priya } }].map((each) => ({ ...each, request }))
    for (const each of others) await kept.make(each, make('x'.repeat(10)))
    assert.deepEqual(
      others.map((each) => kept.get(each) !== undefined),
      [true, false],
    )
  })

  test('is all there again in the next epoch', async () => {
    const { kept, make } = setUp({ maxBytes: 10 + 2 * request.length })
    await kept.make(at(1), make('x'.repeat(10)))
    await kept.make(at(2), make('x'.repeat(10)))
    assert.equal(kept.get(at(2)), undefined)
    await kept.make(at(2, 2), make('x'.repeat(10)))
    assert.equal(kept.get(at(2, 2)), 'x'.repeat(10))
  })

  test('keeps nobody from an answer', async () => {
    const { kept, make } = setUp({ maxBytes: 0 })
    assert.equal(await kept.make(place, make('one')), 'one')
    assert.equal(kept.get(place), undefined)
  })
})

interface SetUp {
  readonly weigh?: (answer: string) => number | undefined
  readonly maxBytes?: number
}

function setUp({ weigh = (answer) => answer.length, maxBytes = 1_000 }: SetUp = {}) {
  const kept = createKeptAnswers<string>({ weigh, maxBytes })
  let made = 0
  const make = (answer: string) => async () => {
    made += 1
    return answer
  }
  return { kept, make, count: () => made }
}
