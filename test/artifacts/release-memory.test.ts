import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Releases } from '../../src/artifacts/releases.ts'
import { createRoom, docs, memory, type Room, ref } from './room.ts'

const mebi = 1024 ** 2

/** What the estimates may be out by, and what else is compiled meanwhile. */
const slackBytes = mebi

test('statements that were verified are kept up to 1 MiB, however many are read', async (t) => {
  const room = await createRoom(t)
  const count = 2_500
  for (let index = 0; index < count; index += 1) await room.publish({ memory }, `Change ${index}`)
  const kept = await keptBy(t, room, async (releases) => {
    for (let before = count + 1; before > 1; before -= 100)
      assert.equal((await releases.history(ref, { limit: 100, before })).length, 100)
  })
  assert.ok(kept > mebi / 2, 'What was just verified is not kept at all.')
  assert.ok(kept < mebi + slackBytes, `${count} statements left ${kept} bytes.`)
})

test('releases that were verified are kept up to 8 MiB, however large they are', async (t) => {
  const room = await createRoom(t)
  const count = 250
  const large = {
    ...memory,
    args: Array.from({ length: 600 }, (_, index) => `--option-${index}=${'x'.repeat(60)}`),
  }
  for (let index = 0; index < count; index += 1) await room.publish({ docs, large }, `Change ${index}`)
  const kept = await keptBy(t, room, async (releases) => {
    for (let sequence = 1; sequence <= count; sequence += 1)
      assert.equal((await releases.get(ref, { sequence })).sequence, sequence)
  })
  assert.ok(kept > 4 * mebi, 'What was just verified is not kept at all.')
  assert.ok(kept < 8 * mebi + slackBytes, `${count} releases left ${kept} bytes.`)
})

/** How many bytes more are held after the reading than before it. Somebody else reads the same first: what is compiled then stays. */
async function keptBy(
  t: TestContext,
  { elsewhere }: Room,
  read: (releases: Releases) => Promise<void>,
): Promise<number> {
  await read(elsewhere())
  const releases = elsewhere()
  const before = await heldBytes()
  await read(releases)
  const kept = (await heldBytes()) - before
  t.diagnostic(`kept ${(kept / mebi).toFixed(2)} MiB`)
  // Asked once more, so that it was there until now, with all that it keeps.
  await releases.summary(ref)
  return kept
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** In turns of their own, where nothing is under way any more that holds anything. */
async function heldBytes(): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    await endOfTurn()
    collectGarbage()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
