/**
 * Serves each form of a transport once, over the store on disk, closes all, and prints what still keeps the process alive. It calls no
 * `process.exit()`: whoever started it sees whether it ends by itself.
 */
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { fastify } from 'fastify'
import { createHttpTransport, createOrchestrator } from '../../src/index.ts'

const before = process.getActiveResourcesInfo()

for (const serve of [listen, handle, plugIn]) {
  await serve()
  // The client's ends of the connections notice a turn or two later.
  for (let turn = 0; turn < 100 && left().length > 0; turn += 1) await setImmediate()
  console.log(serve.name, left())
}

function left(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => !before.includes(name))
}

async function listen(): Promise<void> {
  const transport = createHttpTransport({ apiKey: 'Priya' })
  await useOnce(await transport.listen({ port: 0 }))
  await transport.close()
}

async function handle(): Promise<void> {
  await using orchestrator = createOrchestrator()
  const transport = createHttpTransport({ orchestrator, apiKey: 'Priya' })
  const server = createServer(transport.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await useOnce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await transport.close()
  await new Promise((resolve) => server.close(resolve))
}

async function plugIn(): Promise<void> {
  await using orchestrator = createOrchestrator()
  const app = fastify()
  app.register(createHttpTransport({ orchestrator, apiKey: 'Priya' }).plugin, { prefix: '/tools' })
  await useOnce(`${await app.listen({ host: '127.0.0.1', port: 0 })}/tools`)
  await app.close()
}

/** A request that uses the store, one by a token, and one that is refused. */
async function useOnce(base: string): Promise<void> {
  await ask(`${base}/v1/clients/cursor/profiles`, { 'x-api-key': 'Priya' }, 200)
  await ask(`${base}/v1/clients`, { authorization: 'Bearer wrong' }, 401)
}

/** On a connection of its own that stays open: it is the server that must let go of it. */
function ask(url: string, headers: Record<string, string>, status: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { ...headers, connection: 'keep-alive' } }, (response) => {
      response.resume()
      if (response.statusCode === status) response.once('end', resolve)
      else reject(new Error(`${url} was answered with ${response.statusCode}`))
    })
    request.once('error', reject)
  })
}
