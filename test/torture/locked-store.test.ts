import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { lock } from '../store/sqlite-support.ts'
import { createFolder } from '../support/folder.ts'
import { prepareGround } from './ground.ts'
import { serve } from './served.ts'
import { add, draftNames, insist, isInOrderAgain, isOutOfOrder, ref } from './trouble.ts'

test('a store that another process keeps locked is out of order for as long; reads go on, and so does work after it', async (t) => {
  const { home, user } = await prepareGround(await createFolder(t))
  const served = await serve({ home, user })
  t.after(served.kill)
  const { url } = served
  await insist(url, 'POST', '/v1/keys/initialize', {})
  await add(url, 'before', '/before')

  const release = lock(t, path.join(home, 'store.sqlite'), 'BEGIN EXCLUSIVE')
  await isOutOfOrder(url)
  assert.deepEqual(await draftNames(url), ['before'])

  release()
  await isInOrderAgain(url)
  assert.deepEqual(await draftNames(url), ['before'])
  await insist(url, 'POST', `/v1/config/${ref}/publish`, {})
})
