/**
 * Starts a transport in the form that is asked for, and tells over the channel which modules there were by the time it listened, then,
 * without a request, whichever more come.
 */
import { registerHooks } from 'node:module'
import type { HttpTransport } from '../../src/http/transport.ts'

const modules: string[] = []
registerHooks({
  load(url, context, nextLoad) {
    modules.push(url)
    if (isListening) tell([url])
    return nextLoad(url, context)
  },
})

let isListening = false
const { fastify } = await import('fastify')
const { createHttpTransport } = await import('../../src/http/transport.ts')
const transport = createHttpTransport({ apiKey: 'Priya', logger: false })
const app = process.argv[2] === 'plugin' ? plugIn(transport) : transport.app
app.addHook('onListen', async () => {
  isListening = true
  tell([...modules, ...ownModules()])
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.once('disconnect', () => app.close())

/** Those of Node itself, which its hooks don't tell of: `NativeModule fs`. */
function ownModules(): readonly string[] {
  const names: unknown = Reflect.get(process, 'moduleLoadList')
  return Array.isArray(names) ? names.map(String) : []
}

/** Whoever asked may have gone. */
function tell(urls: readonly string[]): void {
  if (process.connected) process.send?.(urls, () => {})
}

function plugIn({ plugin }: HttpTransport) {
  const host = fastify()
  host.register(plugin, { prefix: '/orchestration' })
  return host
}
