import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLateEndpoint } from '../../src/http/mcp/late-endpoint.ts'
import type { Exchange, McpEndpoint } from '../../src/mcp/endpoint.ts'
import type { PlainExchange } from '../../src/mcp/plain-answers.ts'

const exchange: Exchange = {
  request: new Request('http://127.0.0.1/mcp', { method: 'POST' }),
  principal: { id: 'Priya', scopes: ['read'] },
}
const plain: PlainExchange = { headers: {}, message: {}, principal: exchange.principal, requestId: '1' }

test('the first request loads the endpoint, and the others find it', async () => {
  const { late, done } = stand()
  const answers = await Promise.all([late.answer(exchange), late.answer(exchange)])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202],
  )
  assert.deepEqual(done, ['load', 'answer', 'answer'])
})

test('a plain request goes the long way for as long as there is no endpoint', async () => {
  const { late, done } = stand()
  assert.equal(late.answerPlain(plain), undefined)
  await late.prepare()
  assert.deepEqual(await late.answerPlain(plain), Buffer.from('plain'))
  assert.deepEqual(done, ['load', 'plain'])
})

test('one that nobody asked for is not loaded to be closed', async () => {
  const { late, done } = stand()
  late.endStreams()
  await late.prepare()
  await late.close()
  assert.deepEqual(done, [])
})

test('one that is loaded when the stop begins is told so, and closed', async () => {
  const { late, done } = stand()
  await late.prepare()
  late.endStreams()
  await late.close()
  assert.deepEqual(done, ['load', 'end streams', 'close'])
})

test('one that is being loaded when the stop begins opens no streams, and is closed', async () => {
  const { late, done } = stand()
  const answer = late.answer(exchange)
  late.endStreams()
  const closed = late.close()
  assert.equal((await answer).status, 202)
  await closed
  assert.equal(done.indexOf('end streams'), 1)
  assert.deepEqual(done.toSorted(), ['answer', 'close', 'end streams', 'load'])
})

test('a request is told that it could not be loaded, and it closes all the same', async () => {
  const failing = createLateEndpoint(async () => {
    throw new Error('no such file')
  })
  await assert.rejects(failing.answer(exchange), { message: 'no such file' })
  await failing.close()
})

/** A late endpoint, and what was done with the one that it stands for. */
function stand() {
  const done: string[] = []
  const endpoint: McpEndpoint = {
    answerPlain() {
      done.push('plain')
      return Promise.resolve(Buffer.from('plain'))
    },
    async answer() {
      done.push('answer')
      return new Response(null, { status: 202 })
    },
    endStreams: () => void done.push('end streams'),
    close: async () => void done.push('close'),
  }
  const late = createLateEndpoint(async () => {
    done.push('load')
    return endpoint
  })
  return { late, done }
}
