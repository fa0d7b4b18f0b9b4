import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AdmissionOptions, createAdmission } from '../../src/http/overload/admission.ts'

describe('those who come at once', () => {
  test('begin at once as long as they are few', () => {
    const { come, told } = createDoor()
    come(128)
    assert.equal(told().at(-1), '127 enters')
    assert.equal(told().length, 128)
  })

  test('wait beyond that until others are answered, and keep their order', () => {
    const { come, told, turn } = createDoor()
    come(130)
    assert.equal(told().length, 128)
    turn()
    assert.deepEqual(told().slice(-2), ['128 enters', '129 enters'])
  })

  test('let nobody overtake them who comes later', () => {
    const { come, told, turn } = createDoor()
    come(129)
    turn()
    come(128)
    turn()
    assert.deepEqual(
      told(),
      Array.from({ length: 257 }, (_, index) => `${index} enters`),
    )
  })
})

describe('while as many are under way as may be', () => {
  test('nobody begins until one is answered', () => {
    const { come, told, turn } = createDoor()
    come(130)
    turn(1, 0)
    assert.equal(told().length, 128)
    turn(1, 1)
    assert.deepEqual(told().slice(128), ['128 enters'])
  })

  test('others begin if the loop has had time to sleep, for then they wait for something else', () => {
    const { come, told, turn, sleep } = createDoor()
    come(130)
    turn(1, 0)
    sleep(1)
    turn(1, 0)
    assert.deepEqual(told().slice(128), ['128 enters', '129 enters'])
  })

  test('those who left without an answer are forgotten once the loop has slept', () => {
    const { come, told, sleep } = createDoor()
    come(128)
    sleep(1)
    come(1)
    assert.equal(told().at(-1), '128 enters')
  })
})

describe('whoever has waited too long', () => {
  test('is refused, and those who came later go on', () => {
    const { come, told, turn } = createDoor({ maxWaitMs: 100 })
    come(129)
    turn(60, 0)
    come(1)
    turn(60, 0)
    turn(1, 1)
    assert.deepEqual(told().slice(128), ['128 is refused', '129 enters'])
  })

  test('is refused in small numbers, so that nobody who was let in waits for that', () => {
    const { come, told, turn } = createDoor({ maxWaitMs: 100 })
    come(128 + 60)
    const refusals = [101, 1, 1].map((afterMs) => {
      turn(afterMs)
      return told().filter((each) => each.endsWith('refused')).length
    })
    assert.deepEqual(refusals, [50, 60, 60])
  })

  test('is not asked to come in when it has gone by then', () => {
    const { come, told, turn, leave } = createDoor()
    come(130)
    leave(128)
    turn()
    assert.deepEqual(told().slice(-1), ['129 enters'])
  })
})

describe('when more wait than can begin in time', () => {
  /** Those who come first begin in their order, for as long as it takes to see how fast that goes. */
  function createFullDoor() {
    const door = createDoor({ maxWaitMs: 1_000 })
    door.come(128 + 2_000)
    for (const afterMs of [1, 200, 200]) door.turn(afterMs, 64)
    return { ...door, since: () => door.told().slice(128 + 2 * 64) }
  }

  test('the newest come first', () => {
    const { come, turn, since } = createFullDoor()
    assert.deepEqual(since().slice(0, 2), ['2127 enters', '2126 enters'])
    come(1)
    turn(1, 2)
    assert.deepEqual(since().slice(64), ['2128 enters', '2063 enters'])
  })

  test('they may wait for half the time', () => {
    const { turn, since } = createFullDoor()
    turn(100, 0)
    assert.equal(since()[64], '256 is refused')
  })

  test('they come in their order again once nobody waits any more', () => {
    const { come, turn, told } = createFullDoor()
    while (turn(1)) if (told().length === 2_128) break
    while (turn(1));
    come(130)
    turn(1)
    assert.deepEqual(told().slice(-2), ['2256 enters', '2257 enters'])
  })
})

test('more than may wait are refused at once', () => {
  const { come, told } = createDoor({ maxVisitors: 2 })
  come(131)
  assert.deepEqual(told().slice(-2), ['127 enters', '130 is refused'])
})

test('who is turned away waits for that like the others, within the same bound', () => {
  const { admission, visit, told, turn } = createDoor({ maxVisitors: 1 })
  for (const index of [0, 1]) admission.turnAway(visit(index))
  assert.deepEqual(told(), ['1 is refused'])
  turn()
  assert.deepEqual(told(), ['1 is refused', '0 is refused'])
})

test('nothing is left to do once everybody was let in', () => {
  const { come, turn } = createDoor()
  come(128)
  assert.equal(turn(1, 0), false)
  come(1)
  assert.deepEqual([turn(), turn(), turn()], [true, true, false])
  come(129)
  assert.equal(turn(1, 0), true)
})

/** An admission whose event loop is the test's. */
function createDoor(options: Partial<Omit<AdmissionOptions, 'loop'>> = {}) {
  let atMs = 0
  let sleptMs = 0
  let count = 0
  let next: (() => void) | undefined
  const told: string[] = []
  const gone = new Set<number>()
  const inNextTurn = (act: () => void) => {
    next = act
  }
  const loop = { now: () => atMs, sleptMs: () => sleptMs, inNextTurn, inAMoment: inNextTurn }
  const admission = createAdmission({ maxWaitMs: 1_000, loop, ...options })
  const visit = (index: number) => ({
    enter: () => void told.push(`${index} enters`),
    refuse: () => void told.push(`${index} is refused`),
    isGone: () => gone.has(index),
  })
  /** The next turn, so long after the last, in which that many were answered; whether there was anything to do in it. */
  function turn(afterMs = 1, answered = 128): boolean {
    atMs += afterMs
    for (let index = 0; index < answered; index += 1) admission.leave()
    const act = next
    next = undefined
    act?.()
    return act !== undefined
  }
  return {
    admission,
    visit,
    turn,
    told: () => told,
    leave: (index: number) => gone.add(index),
    sleep(ms: number) {
      sleptMs += ms
    },
    come(amount: number) {
      for (const end = count + amount; count < end; count += 1)
        if (admission.isFree()) visit(count).enter()
        else admission.wait(visit(count))
    },
  }
}
