import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { describe, test } from 'node:test'
import { openConnection } from '../../perf/measure/connections.ts'
import { shoot, warmUp } from '../../perf/measure/load.ts'
import { toMessages } from '../../perf/measure/messages.ts'
import { type Answers, askOneByOne } from '../../perf/measure/one-by-one.ts'
import type { Shot } from '../../perf/measure/traffic.ts'

const shot: Shot = { method: 'GET', path: '/', mark: 'ok' }

describe('a warm-up', () => {
  test('lasts until each connection has had an answer, however short its time', async () => {
    let asked = 0
    await using target = await serve((_request, response) => {
      asked += 1
      setTimeout(() => response.end('ok'), 60)
    })
    const perSecond = await warmUp(target.shooting(5), 0.001)
    assert.equal(asked, 5)
    assert.ok(perSecond > 0 && perSecond < 100, `${perSecond}`)
  })

  test('in which requests fail is refused, and it is said why', async () => {
    await using target = await serve((_request, response) => response.writeHead(503).end('ok'))
    await assert.rejects(warmUp(target.shooting(2), 0.001), /failed during the warm-up: 2 × status 503/)
  })
})

describe('a round', () => {
  test('of a number of requests that is none is refused', async () => {
    await using target = await serve((_request, response) => response.end('ok'))
    await assert.rejects(shoot(target.shooting(1), { amount: Number.NaN }), /NaN is no number of requests/)
  })

  test('counts what the server leaves without an answer', async () => {
    let asked = 0
    await using target = await serve((request, response) => {
      asked += 1
      if (asked === 2) request.socket.end()
      else response.end('ok')
    })
    const { failures, reasons } = await shoot(target.shooting(1), { amount: 4 })
    assert.deepEqual({ failures, reasons }, { failures: 1, reasons: { 'the connection broke': 1 } })
  })
})

describe('requests one by one', () => {
  test('are each prepared before they are sent', async () => {
    const happened: string[] = []
    await using target = await serve((_request, response) => {
      happened.push('request')
      response.end('ok')
    })
    const prepare = async () => void happened.push('prepared')
    const { timesMs, failures } = await target.ask({ amount: 2, prepare })
    assert.deepEqual(happened, ['prepared', 'request', 'prepared', 'request'])
    assert.deepEqual({ count: timesMs.length, failures }, { count: 2, failures: 0 })
  })

  test('fail from the one on that breaks the connection', async () => {
    let asked = 0
    await using target = await serve((request, response) => {
      asked += 1
      if (asked === 2) request.socket.destroy()
      else response.end('ok')
    })
    const { timesMs, reasons } = await target.ask({ amount: 5 })
    assert.equal(timesMs.length, 1)
    assert.deepEqual(reasons, { 'the connection broke': 4 })
  })

  test('fail one by one for wrong answers', async () => {
    await using target = await serve((_request, response) => response.end('no'))
    const { reasons } = await target.ask({ amount: 2 })
    assert.deepEqual(reasons, { 'another body': 2 })
  })
})

interface Asked {
  readonly amount: number
  readonly prepare?: () => Promise<void>
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  const url = `http://127.0.0.1:${address.port}`
  const shooting = (connections: number) => ({ server: { url }, headers: {}, traffic: [shot], connections })
  return {
    shooting,
    async ask(asked: Asked): Promise<Answers> {
      using socket = await openConnection(url)
      return await askOneByOne(socket, { ...asked, message: toMessages(shooting(1)) })
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
