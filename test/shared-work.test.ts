import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { onceUnlessFailed, oneAtATime } from '../src/shared-work.ts'

describe('what is loaded once', () => {
  test('is loaded by the first caller, for those beside and after it', async (context) => {
    const load = context.mock.fn(async () => ({}))
    const get = onceUnlessFailed(load)
    const [first, beside] = await Promise.all([get(), get()])
    assert.equal(first, beside)
    assert.equal(await get(), first)
    assert.equal(load.mock.callCount(), 1)
  })

  test('is loaded again when that failed', async (context) => {
    const load = context.mock.fn(async () => 'loaded')
    load.mock.mockImplementationOnce(() => Promise.reject(new Error('EMFILE')))
    const get = onceUnlessFailed(load)
    await assert.rejects(get(), /EMFILE/)
    assert.equal(await get(), 'loaded')
  })
})

describe('what is done one at a time', () => {
  test('is done once more for all who ask meanwhile, after they asked', async () => {
    const { begun, work } = createWork()
    const [first, ...crowd] = [work(), work(), work(), work()]
    assert.equal(begun.length, 1)
    begun[0]?.resolve('first')
    assert.equal(await first, 'first')
    begun[1]?.resolve('second')
    assert.deepEqual(await Promise.all(crowd), ['second', 'second', 'second'])
    assert.equal(begun.length, 2)
  })

  test('is done for the next even if it failed for those before', async () => {
    const { begun, work } = createWork()
    const [first, next] = [work(), work()]
    begun[0]?.reject(new Error('gone'))
    await assert.rejects(first, /gone/)
    begun[1]?.resolve('second')
    assert.equal(await next, 'second')
  })
})

/** Each time it is begun one says when it ends, and how. */
function createWork() {
  const begun: PromiseWithResolvers<string>[] = []
  const work = oneAtATime(() => {
    const doing = Promise.withResolvers<string>()
    begun.push(doing)
    return doing.promise
  })
  return { begun, work }
}
