import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import { createDrainingTransport } from '../../src/mcp/draining-transport.ts'

const question = { jsonrpc: '2.0', id: 1, method: 'tools/list' } as const
const answer = { jsonrpc: '2.0', id: 1, result: {} } as const

describe('the transport, when stdin ends', () => {
  test('stays open until the last request is answered', async () => {
    const wire = await open()
    wire.stdin.end(lines(question, { ...question, id: 'two' }))
    await wire.received(2)
    await wire.transport.send(answer)
    assert.equal(await isClosed(wire), false)
    await wire.transport.send({ ...answer, id: 'two' })
    await wire.closed
  })

  test('counts an error as an answer', async () => {
    const wire = await open()
    wire.stdin.end(lines(question))
    await wire.received(1)
    await wire.transport.send({ jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } })
    await wire.closed
  })

  test('does not wait for a request that was cancelled, since none answers it', async () => {
    const wire = await open()
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } } as const
    wire.stdin.end(lines(question, cancelled))
    await wire.closed
  })

  test('does not wait for a subscription, which is open for as long as the connection', async () => {
    const wire = await open()
    wire.stdin.end(lines({ ...question, method: 'subscriptions/listen' }))
    await wire.closed
  })

  test('is not misled by notifications of other kinds and other cancellations', async () => {
    const wire = await open()
    const others = [
      { method: 'notifications/initialized' },
      { method: 'notifications/cancelled', params: {} },
    ]
    wire.stdin.end(lines(question, ...others.map((other) => ({ jsonrpc: '2.0' as const, ...other }))))
    await wire.received(3)
    assert.equal(await isClosed(wire), false)
    await wire.transport.send(answer)
    await wire.closed
  })

  test('closes also when stdin breaks off without an end', async () => {
    const wire = await open()
    wire.stdin.destroy()
    await wire.closed
  })
})

describe('the transport, told to drain', () => {
  test('takes no further request, but answers what it has', async () => {
    const wire = await open()
    wire.stdin.write(lines(question))
    await wire.received(1)
    wire.drain()
    wire.stdin.write(lines({ ...question, id: 2 }))
    assert.equal(await isClosed(wire), false)
    await wire.transport.send(answer)
    await wire.closed
    assert.deepEqual(wire.messages, [question])
  })

  test('closes when stdout breaks', async () => {
    const wire = await open()
    wire.stdin.write(lines(question))
    await wire.received(1)
    wire.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await wire.closed
  })
})

async function open() {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const messages: JSONRPCMessage[] = []
  const wire = createDrainingTransport(stdin, stdout)
  wire.transport.onmessage = (message) => messages.push(message)
  wire.transport.onclose = () => {}
  wire.transport.onerror = () => {}
  await wire.transport.start()
  const received = async (count: number) => {
    while (messages.length < count) await setImmediate()
  }
  return { ...wire, stdin, stdout, messages, received }
}

async function isClosed({ closed }: { readonly closed: Promise<void> }): Promise<boolean> {
  const aWhile = async () => {
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    return false
  }
  return await Promise.race([closed.then(() => true), aWhile()])
}

function lines(...messages: readonly object[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('')
}
