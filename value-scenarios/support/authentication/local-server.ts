import { join } from 'node:path'
import {
  createHttpTransport,
  createOrchestrator,
  type HttpTransportOptions,
  OrchestrationError,
  type Orchestrator,
  type Store,
} from '../../../src/index.ts'
import type { World } from '../world.ts'

/** A server in this process, for what a guide's commands can't bring about. It ends with the scenario. */
export interface LocalServer {
  readonly url: string
  readonly orchestrator: Orchestrator
}

type Options = Omit<HttpTransportOptions, 'orchestrator' | 'home' | 'store'>

/** On the home of the stage's person, as the commands are. */
export function startLocalServer(world: World, options: Options = {}): Promise<LocalServer> {
  return serve(world, openOrchestrator(world), options)
}

/** The same with a store that fails the first time when a token is looked up. */
export function startFailingServer(world: World): Promise<LocalServer> {
  const { store } = openOrchestrator(world)
  return serve(world, openOrchestrator(world, failingOnce(store)), {})
}

function openOrchestrator({ stage, stops }: World, store?: Store): Orchestrator {
  const home = join(stage.home, '.mcp-orchestration')
  const orchestrator = createOrchestrator({ home, env: stage.env, ...(store && { store }) })
  stops.push(() => orchestrator.close())
  return orchestrator
}

async function serve({ stops }: World, orchestrator: Orchestrator, options: Options): Promise<LocalServer> {
  const transport = createHttpTransport({ logger: false, apiKey: '', ...options, orchestrator })
  stops.push(() => transport.close())
  return { orchestrator, url: await transport.listen({ host: '127.0.0.1', port: 0 }) }
}

function failingOnce(store: Store): Store {
  let hasFailed = false
  return {
    ...store,
    async get(key) {
      if (hasFailed || !key.startsWith('tokens/')) return store.get(key)
      hasFailed = true
      throw new OrchestrationError('store_unavailable', 'It is being restarted.')
    },
  }
}
