import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import { createReplayLog } from '../../src/mcp/replay-log.ts'

describe('the replay log of a session', () => {
  test('gives ids in order and knows the stream of each', async () => {
    const log = createReplayLog()
    const ids = [await log.storeEvent('a', note('one')), await log.storeEvent('b', note('two'))]
    assert.deepEqual(ids, ['1', '2'])
    assert.deepEqual(await Promise.all(['1', '2', '3', ''].map((id) => log.getStreamIdForEventId?.(id))), [
      'a',
      'b',
      undefined,
      undefined,
    ])
  })

  test('replays what came later on the same stream, without priming events', async () => {
    const log = createReplayLog()
    // As the SDK does: a priming event has no message.
    const first = await log.storeEvent('a', {} as JSONRPCMessage)
    await log.storeEvent('a', note('one'))
    await log.storeEvent('b', note('of another stream'))
    await log.storeEvent('a', {} as JSONRPCMessage)
    await log.storeEvent('a', note('two'))
    assert.deepEqual(await replay(log, first), {
      streamId: 'a',
      sent: [
        ['2', note('one')],
        ['5', note('two')],
      ],
    })
    assert.deepEqual(await replay(log, '5'), { streamId: 'a', sent: [] })
  })

  test('refuses an id that it does not know', async () => {
    await assert.rejects(replay(createReplayLog(), '1'), { message: 'The event is not known any more.' })
  })

  test('keeps no more than so many messages', async () => {
    const log = createReplayLog({ messages: 3, characters: 1_000_000 })
    for (let at = 1; at <= 5; at += 1) await log.storeEvent('a', note(String(at)))
    assert.deepEqual(await known(log, 5), ['3', '4', '5'])
  })

  test('keeps no more than so many characters, and nothing of a message that is larger than that', async () => {
    const size = JSON.stringify(note('x')).length
    const log = createReplayLog({ messages: 100, characters: 2 * size })
    for (let at = 1; at <= 4; at += 1) await log.storeEvent('a', note('x'))
    assert.deepEqual(await known(log, 4), ['3', '4'])
    await log.storeEvent('a', note('y'.repeat(10 * size)))
    assert.deepEqual(await known(log, 5), [])
    // What was forgotten doesn't count any more.
    await log.storeEvent('a', note('x'))
    await log.storeEvent('a', note('x'))
    assert.deepEqual(await known(log, 7), ['6', '7'])
  })

  test('holds 500 messages unless told otherwise', async () => {
    const log = createReplayLog()
    for (let at = 0; at < 501; at += 1) await log.storeEvent('a', note('x'))
    assert.deepEqual(await Promise.all(['1', '2'].map((id) => log.getStreamIdForEventId?.(id))), [
      undefined,
      'a',
    ])
  })
})

function note(data: string): JSONRPCMessage {
  return { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } }
}

async function replay(log: ReturnType<typeof createReplayLog>, lastEventId: string) {
  const sent: [string, JSONRPCMessage][] = []
  const streamId = await log.replayEventsAfter(lastEventId, {
    send: async (id, message) => void sent.push([id, message]),
  })
  return { streamId, sent }
}

async function known(log: ReturnType<typeof createReplayLog>, count: number): Promise<readonly string[]> {
  const found: string[] = []
  for (let id = 1; id <= count; id += 1)
    if ((await log.getStreamIdForEventId?.(String(id))) !== undefined) found.push(String(id))
  return found
}
