import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import {
  fromJsonSchema,
  type McpRequestContext,
  McpServer,
  type McpServerFactory,
} from '@modelcontextprotocol/server'

/** A host's own server, made by the SDK's own means, and what a test sees of it from within. */
export interface HostServer {
  readonly factory: McpServerFactory
  /** What the factory was called with, oldest first. */
  readonly asked: readonly McpRequestContext[]
  readonly servers: readonly McpServer[]
  /** Tells `started` and `aborted` of the slow tool, each with the call's name, and `header` of what a tool sees. */
  readonly events: EventEmitter
  /** Lets a slow call answer. */
  release(name: string): void
}

const named = fromJsonSchema<{ name: string }>({
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
})
const sized = fromJsonSchema<{ count: number; bytes: number }>({
  type: 'object',
  properties: { count: { type: 'integer' }, bytes: { type: 'integer' } },
  required: ['count', 'bytes'],
})
const nothing = fromJsonSchema<Record<string, never>>({ type: 'object' })

/** Where memory is measured, it had better keep nothing. */
export function createHostServer({ keeps = true } = {}): HostServer {
  const asked: McpRequestContext[] = []
  const servers: McpServer[] = []
  const events = new EventEmitter()
  return {
    asked,
    servers,
    events,
    release: (name) => void events.emit(`release ${name}`),
    factory(context) {
      const server = createServer(events)
      if (keeps) asked.push(context)
      if (keeps) servers.push(server)
      return server
    },
  }
}

function createServer(events: EventEmitter): McpServer {
  const server = new McpServer(
    { name: 'a-host-of-its-own', version: '1.0.0' },
    { capabilities: { logging: {}, tools: { listChanged: true } } },
  )
  addSlow(server, events)
  addChatty(server)
  server.registerTool('huge', { description: 'A huge result.', inputSchema: sized }, ({ count, bytes }) =>
    text('x'.repeat(count * bytes)),
  )
  server.registerTool(
    'headers',
    { description: 'What a tool sees.', inputSchema: nothing },
    (_given, context) => {
      const headers = Object.fromEntries(context.http?.req?.headers ?? [])
      return text(JSON.stringify({ headers, auth: context.http?.authInfo }))
    },
  )
  server.registerTool('broken', { description: 'Always throws.', inputSchema: nothing }, () => {
    throw new Error('the host said so')
  })
  return server
}

/** Answers when it is released, unless it is aborted before. */
function addSlow(server: McpServer, events: EventEmitter): void {
  server.registerTool('slow', { description: 'Waits.', inputSchema: named }, ({ name }, { mcpReq }) => {
    const { promise, resolve } = Promise.withResolvers<string>()
    mcpReq.signal.addEventListener('abort', () => {
      events.emit('aborted', name)
      resolve('aborted')
    })
    events.once(`release ${name}`, () => resolve(`${name} is done`))
    events.emit('started', name)
    return promise.then(text)
  })
}

/** Send that many notifications of that size on the call's own stream, in one go or bit by bit, and then answer. */
function addChatty(server: McpServer): void {
  for (const [name, pause] of [
    ['chatty', Promise.resolve],
    ['flood', turn],
  ] as const)
    server.registerTool(
      name,
      { description: 'Logs.', inputSchema: sized },
      async ({ count, bytes }, { mcpReq }) => {
        for (let at = 0; at < count; at += 1) {
          await mcpReq.notify({
            method: 'notifications/message',
            params: { level: 'info', data: String(at).padEnd(bytes, '.') },
          })
          await pause.call(Promise)
        }
        return text(`${count} were sent`)
      },
    )
}

function text(it: string) {
  return { content: [{ type: 'text' as const, text: it }] }
}
