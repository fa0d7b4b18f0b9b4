import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { exchange, head, open, parseAnswer, readAll, serve } from './fixture.ts'

const json = { 'content-type': 'application/json' }
const change = '/v1/notes/one/change'

/** What is sent before no more comes, in the time that a request may take to arrive. */
const halves: Readonly<Record<string, string>> = {
  nothing: '',
  'half a first line': 'GET /v1/no',
  'half a head': 'GET /v1/notes HTTP/1.1\r\nhost: a\r\n',
  'half a body': `${head('POST', change, { ...json, 'content-length': '9' })}{`,
  'half a chunk': `${head('POST', change, { ...json, 'transfer-encoding': 'chunked' })}9\r\n{`,
  'a chunk and no end': `${head('POST', change, { ...json, 'transfer-encoding': 'chunked' })}2\r\n{}\r\n`,
  'a head that expects to be told to go on': head('POST', change, {
    ...json,
    'content-length': '9',
    expect: '100-continue',
  }),
}

for (const [name, sent] of Object.entries(halves))
  test(`a caller that sends ${name} is let go in bounded time, and told why`, async (t) => {
    const served = await serve(t, { requestTimeoutMs: 100 })
    const { text, status, json } = await exchange(served.port, sent)
    const answer = status === 100 ? parseAnswer(text) : { status, json }
    assert.deepEqual([answer.status, answer.json.code], [408, 'request_timeout'])
    assert.deepEqual(served.inputs, [])
  })

test('a byte now and then does not make the time longer', async (t) => {
  const served = await serve(t, { requestTimeoutMs: 400 })
  const socket = await open(served.port)
  const raw = readAll(socket)
  socket.write('GET /v1/notes HTTP/1.1\r\nx-long: ')
  const drip = setInterval(() => socket.write('a'), 20)
  t.after(() => clearInterval(drip))
  assert.equal(parseAnswer(await raw).json.code, 'request_timeout')
})

test('what is no request is answered once, however much of it comes while another one is answered', async (t) => {
  const served = await serve(t)
  const entered = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  served.orchestrator.ready = async () => {
    entered.resolve()
    await gate.promise
  }
  const socket = await open(served.port)
  const raw = readAll(socket)
  const warnings: string[] = []
  const warned = ({ name }: Error) => void warnings.push(name)
  process.on('warning', warned)
  t.after(() => process.off('warning', warned))
  socket.write(head('GET', '/ready', { connection: 'keep-alive' }))
  await entered.promise
  for (let times = 0; times < 20; times += 1) {
    const refused = once(served.app.server, 'clientError')
    socket.write('garbage\r\n\r\n')
    await refused
  }
  gate.resolve()
  assert.equal(parseAnswer(await raw).status, 200)
  await eventually(() => assert.deepEqual(warnings, []))
})
