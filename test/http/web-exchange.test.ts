import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { sendWebResponse, toWebRequest } from '../../src/http/mcp/web-exchange.ts'
import { eventually } from '../support/eventually.ts'
import { exchange, open } from './fixture.ts'

describe('a request in the form of the platform', () => {
  test('has method, address and headers, but no credential and one id', async () => {
    const made = await catchRequest({
      method: 'POST',
      url: '/mcp?a=b',
      headers: {
        host: 'localhost:8000',
        Authorization: 'Bearer secret',
        'X-Api-Key': 'secret',
        'X-Request-Id': 'theirs',
        'mcp-name': 'über',
      },
    })
    assert.deepEqual([made.method, made.url], ['POST', 'http://localhost:8000/mcp?a=b'])
    const headers = Object.fromEntries(made.headers)
    assert.deepEqual(
      [headers.authorization, headers['x-api-key'], headers['x-request-id'], headers['mcp-name']],
      [undefined, undefined, 'req-1', 'über'],
    )
  })

  test('is of the host that was let in, whatever host and scheme its target and a proxy name', async (t) => {
    const app = fastify({ trustProxy: true })
    t.after(() => app.close())
    app.get('/mcp', async (request, reply) => toWebRequest(request, reply).url)
    const lines = ['GET http://user:secret@elsewhere.example/mcp?a=b HTTP/1.1', 'host: localhost:8000']
    const more = ['x-forwarded-proto: ht tp', 'connection: close', '', '']
    const answer = await exchange(await listen(app), [...lines, ...more].join('\r\n'))
    assert.equal(answer.text, 'http://localhost:8000/mcp?a=b')
  })

  test('accepts by name what its caller accepts by a range or by saying nothing', async () => {
    const both = 'application/json, text/event-stream'
    const cases = {
      '*/*': both,
      'application/*, text/*;q=0.5': both,
      'text/event-stream': 'text/event-stream',
      'text/html': 'text/html',
      '*/*, text/event-stream;q=0': '*/*, text/event-stream;q=0',
    }
    for (const [accept, told] of Object.entries(cases)) {
      const made = await catchRequest({ url: '/mcp', headers: { accept } })
      assert.equal(made.headers.get('accept'), told)
    }
    assert.equal((await catchRequest({ url: '/mcp' })).headers.get('accept'), both)
  })

  test('is aborted when its caller leaves', async (t) => {
    const app = fastify()
    t.after(() => app.close())
    const { promise, resolve } = Promise.withResolvers<Request>()
    app.get('/', (request, reply) => {
      resolve(toWebRequest(request, reply))
    })
    const socket = await open(await listen(app))
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const { signal } = await promise
    assert.equal(signal.aborted, false)
    socket.destroy()
    await once(signal, 'abort')
  })

  test('is aborted from the start when its caller has left already', async (t) => {
    const app = fastify()
    t.after(() => app.close())
    const { promise, resolve } = Promise.withResolvers<readonly [FastifyRequest, FastifyReply]>()
    app.get('/', (request, reply) => {
      resolve([request, reply])
    })
    const socket = await open(await listen(app))
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const [request, reply] = await promise
    socket.destroy()
    await eventually(() => assert.ok(reply.raw.closed))
    assert.equal(toWebRequest(request, reply).signal.aborted, true)
  })
})

describe('a response of the platform', () => {
  test('is sent with status, headers and bytes, but says nothing of the connection', async (t) => {
    const port = await answering(
      t,
      () =>
        new Response('{"a":1}', {
          status: 201,
          headers: { connection: 'nonsense', 'x-own': 'yes', 'content-type': 'application/json' },
        }),
    )
    const { status, headers, text } = await ask(port)
    assert.deepEqual([status, headers['x-own'], headers.connection, text], [201, 'yes', 'close', '{"a":1}'])
  })

  test('may have no body', async (t) => {
    const { status, text } = await ask(await answering(t, () => new Response(null, { status: 202 })))
    assert.deepEqual([status, text], [202, ''])
  })

  test('without a content type is sent as bytes', async (t) => {
    const { text } = await ask(await answering(t, () => new Response(Buffer.from('bytes'))))
    assert.equal(text, 'bytes')
  })

  test('with events sends its head before the first of them', async (t) => {
    const source = new ReadableStream<Uint8Array>({})
    const port = await answering(
      t,
      () => new Response(source, { headers: { 'content-type': 'text/event-stream' } }),
    )
    const socket = await open(port)
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const [head] = await once(socket, 'data')
    assert.match(String(head), /^HTTP\/1\.1 200 OK\r\n/)
    socket.destroy()
  })
})

async function catchRequest(given: Parameters<ReturnType<typeof fastify>['inject']>[0]): Promise<Request> {
  const app = fastify()
  const made: Request[] = []
  app.all('/mcp', async (request, reply) => {
    made.push(toWebRequest(request, reply))
    return ''
  })
  await app.inject(given as string)
  return made[0] ?? assert.fail('nothing was asked')
}

async function answering(
  t: { after(act: () => Promise<unknown>): void },
  respond: () => Response,
): Promise<number> {
  const app = fastify()
  t.after(() => app.close())
  app.get('/', (_request, reply) => sendWebResponse(reply, respond()))
  return listen(app)
}

async function listen(app: ReturnType<typeof fastify>): Promise<number> {
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}

function ask(port: number) {
  return exchange(port, 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
}
