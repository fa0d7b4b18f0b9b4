import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { apiKey, type Call, call, serve } from './fixture.ts'

const path = '/v1/notes/one/change'

describe('a body that the host has read', () => {
  test('is taken from request.body when it was parsed', async (t) => {
    const { ask, inputs } = await host(t, (bytes) => JSON.parse(bytes.toString()))
    assert.equal((await ask({ body: { text: 'Grüße', params: { a: [1, null] } } })).status, 200)
    assert.deepEqual(inputs, [{ note_id: 'one', text: 'Grüße', params: { a: [1, null] } }])
  })

  test('is read as JSON when it was left as bytes or text, and no less strictly', async (t) => {
    for (const read of [(bytes: Buffer) => bytes, (bytes: Buffer) => bytes.toString()]) {
      const { ask, inputs } = await host(t, read)
      assert.equal((await ask({ body: { text: 'Hello' } })).status, 200)
      assert.deepEqual(inputs, [{ note_id: 'one', text: 'Hello' }])
      const twice = await ask({ body: '{"text":"a","text":"b"}' })
      assert.deepEqual([twice.status, twice.json.code], [400, 'invalid_json'])
    }
  })

  test('may have been decoded by the host, so its coding and charset are no matter', async (t) => {
    const { ask, inputs } = await host(t, () => ({ text: 'inflated' }))
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json; charset=utf-16' }
    assert.equal((await ask({ body: Buffer.from('whatever it was'), headers })).status, 200)
    assert.deepEqual(inputs, [{ note_id: 'one', text: 'inflated' }])
  })

  test('must be of a JSON media type all the same', async (t) => {
    const { ask, inputs } = await host(t, () => ({ text: 'of a form' }))
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { status, json } = await ask({ body: 'text=of+a+form', headers })
    assert.deepEqual([status, json.code, inputs], [415, 'unsupported_media_type', []])
  })

  test('is held to the limit, by its announced and by its own length', async (t) => {
    const announced = await host(t, () => ({ text: 'short' }), { bodyLimitBytes: 100 })
    assert.equal((await announced.ask({ body: 'x'.repeat(101) })).json.code, 'body_too_large')
    const grown = await host(t, () => ({ text: 'x'.repeat(101) }), { bodyLimitBytes: 100 })
    assert.equal((await grown.ask({ body: { text: 'short' } })).json.code, 'body_too_large')
  })

  test('spills nothing into the input by a hostile key', async (t) => {
    const { ask, inputs } = await host(t, (bytes) => JSON.parse(bytes.toString()))
    const { status } = await ask({ body: '{"params":{"__proto__":{"polluted":true}}}' })
    assert.equal(status, 200)
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(JSON.stringify(inputs), '[{"params":{"__proto__":{"polluted":true}},"note_id":"one"}]')
  })

  test('is a fault of the host, told in the log, when nothing usable is left of it', async (t) => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    for (const left of [undefined, cyclic]) {
      const { ask, log } = await host(t, () => left, { level: 'error' })
      const { status, json } = await ask({ body: { text: 'lost' } })
      assert.deepEqual([status, json.code], [500, 'internal_error'])
      assert.match(log(), left ? /circular structure/ : /left nothing in request\.body/)
    }
  })

  test('is no matter where there is nothing at the path', async (t) => {
    const { ask } = await host(t, () => undefined)
    const { status, json } = await ask({ body: { text: 'lost' } }, '/v1/nothing')
    assert.deepEqual([status, json.code], [404, 'not_found'])
  })
})

describe('what a host leaves in request.body', () => {
  test('is ignored as long as the body is still to be read', async (t) => {
    const { ask, inputs } = await host(t, () => ({}), { isRead: false })
    assert.equal((await ask({ body: { text: 'from the wire' } })).status, 200)
    assert.deepEqual(inputs, [{ note_id: 'one', text: 'from the wire' }])
  })

  test('is ignored when the request brought no body', async (t) => {
    const { ask, inputs } = await host(t, () => ({ text: 'made up' }))
    const headers = { 'content-type': 'application/json' }
    assert.equal((await ask({ method: 'POST', headers })).status, 200)
    assert.deepEqual(inputs, [{ note_id: 'one' }])
  })
})

interface HostOptions {
  readonly bodyLimitBytes?: number
  readonly level?: string
  readonly isRead?: boolean
}

/** A host that reads each body before it hands the request on, and leaves in `request.body` what `read` makes of it. */
async function host(t: TestContext, read: (bytes: Buffer) => unknown, options: HostOptions = {}) {
  const { isRead = true, ...rest } = options
  const served = await serve(t, rest)
  const server = createServer(async (request, response) => {
    const body = read(isRead ? await buffer(request) : Buffer.alloc(0))
    served.app.routing(Object.assign(request as IncomingMessage, { body }), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const key = { 'x-api-key': Buffer.from(apiKey).toString('latin1') }
  const ask = (options: Call, at = path) =>
    call({ url }, at, { token: null, ...options, headers: { ...key, ...options.headers } })
  return { ask, inputs: served.inputs, log: served.log }
}
