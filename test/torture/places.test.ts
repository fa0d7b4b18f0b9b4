import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDice } from './dice.ts'
import { createPlaces } from './places.ts'

describe('what a place may hold', () => {
  test('is what it began with, as long as nothing was asked for', () => {
    assert.deepEqual(createPlaces('nothing').possible('here'), ['nothing'])
  })

  test('is the acknowledged write, and no longer what was there before', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'one').acknowledge()
    assert.deepEqual(places.possible('here'), ['one'])
    assert.deepEqual(places.possible('there'), ['nothing'])
  })

  test('is either, after a write that nobody answered', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'one').acknowledge()
    places.announce('here', 'two')
    assert.deepEqual(places.possible('here'), ['one', 'two'])
  })

  test('is what it was after a refusal', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'one').refuse()
    assert.deepEqual(places.possible('here'), ['nothing'])
  })

  test('is either of two writes that were under way at once, whichever was answered first', () => {
    const places = createPlaces('nothing')
    const [one, two] = [places.announce('here', 'one'), places.announce('here', 'two')]
    two.acknowledge()
    one.acknowledge()
    assert.deepEqual(places.possible('here'), ['one', 'two'])
  })

  test('is the later of two that followed each other', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'one').acknowledge()
    places.announce('here', 'two').acknowledge()
    assert.deepEqual(places.possible('here'), ['two'])
  })

  test('may be one in doubt that began before an acknowledged one', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'in doubt')
    places.announce('here', 'certain').acknowledge()
    assert.deepEqual(places.possible('here'), ['in doubt', 'certain'])
  })

  test('is what the answer says, where only that tells', () => {
    const places = createPlaces<string | null>(null)
    places.announce('here', null).acknowledge('known now')
    assert.deepEqual(places.possible('here'), ['known now'])
  })

  test('is what was found, once all was quiet', () => {
    const places = createPlaces('nothing')
    places.announce('here', 'in doubt')
    places.settle('here', 'nothing')
    assert.deepEqual(places.possible('here'), ['nothing'])
    assert.deepEqual(places.names(), ['here'])
  })
})

describe('dice', () => {
  test('roll the same for the same seed, and differ from fork to fork', () => {
    const rolls = (seed: number) => {
      const dice = createDice(seed)
      const [left, right] = [dice.fork(), dice.fork()]
      return [left, right].map((each) => Array.from({ length: 5 }, () => each.below(1_000_000)))
    }
    assert.deepEqual(rolls(42), rolls(42))
    assert.notDeepEqual(rolls(42), rolls(43))
    const [left, right] = rolls(42)
    assert.notDeepEqual(left, right)
  })

  test('stay in their bounds and reach both ends', () => {
    const dice = createDice(7)
    const seen = new Set(Array.from({ length: 200 }, () => dice.below(4)))
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3])
  })
})
