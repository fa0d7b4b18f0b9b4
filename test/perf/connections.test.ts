import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { openConnections } from '../../perf/measure/connections.ts'
import { eventually } from '../support/eventually.ts'

test('a crowd of connections is all there, and gone at the end of its block', async (t) => {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket.once('close', () => open.delete(socket)))
  }).listen({ host: '127.0.0.1', port: 0 })
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  {
    using crowd = await openConnections(`http://127.0.0.1:${address.port}`, 250)
    assert.equal(crowd.sockets.length, 250)
    await eventually(() => assert.equal(open.size, 250))
  }
  await eventually(() => assert.equal(open.size, 0))
})
