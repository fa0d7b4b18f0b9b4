import { type Orchestrator, operations, type ProfileRef } from 'mcp-orchestration'

/** One operation under load: what must be there before, what is asked each time, and how a success is told. */
export interface Suite {
  readonly name: string
  /** The operation's id in the catalogue. */
  readonly operation: string
  seed(orchestrator: Orchestrator): Promise<void>
  /** The request of that number; each of them must succeed, in whatever order they arrive. */
  request(index: number): SuiteRequest
  /** Stands in the body of a success and of nothing else. */
  readonly mark: string
}

export interface SuiteRequest {
  readonly path: string
  readonly body?: object
}

const work: ProfileRef = { clientId: 'cursor', profileId: 'work' }
/** As many as there are connections, so that a publication seldom waits for one of its own profile. */
const publishers = 100

export const suites: readonly Suite[] = [
  {
    name: 'GET clients',
    operation: 'list_clients',
    seed: (orchestrator) => publish(orchestrator, work),
    request: () => ({ path: '/v1/clients' }),
    mark: '"client_id":"cursor"',
  },
  {
    name: 'GET config',
    operation: 'get_config',
    seed: (orchestrator) => publish(orchestrator, work),
    request: () => ({ path: '/v1/config/cursor/work' }),
    mark: '"payloadType"',
  },
  {
    // A draft of its own for each: what is answered stays as small as it is at first, and no name is taken.
    name: 'POST draft/add',
    operation: 'add_server_to_config',
    seed: async () => {},
    request: (index) => ({ path: `/v1/config/cursor/p${index}/draft/add`, body: { server_id: 'memory' } }),
    mark: '"status":"added"',
  },
  {
    // What equals the latest release would be answered as unchanged, so each has a changelog of its own.
    name: 'POST publish',
    operation: 'publish_config',
    async seed(orchestrator) {
      await orchestrator.keys.initialize()
      for (let index = 0; index < publishers; index += 1)
        await fill(orchestrator, { clientId: 'cursor', profileId: `p${index}` })
    },
    request: (index) => ({
      path: `/v1/config/cursor/p${index % publishers}/publish`,
      body: { changelog: `Release for measurement ${index}` },
    }),
    mark: '"status":"published"',
  },
]

export function getSuite(name: string): Suite {
  const suite = suites.find((each) => each.name === name)
  if (!suite) throw new Error(`No suite is called "${name}".`)
  return suite
}

/** The method and the path with its parameters, as the catalogue of operations has them. */
export function routeOf({ operation }: Suite) {
  const found = operations.find(({ id }) => id === operation)
  if (!found) throw new Error(`No operation is called "${operation}".`)
  return { method: found.method, url: found.path.replaceAll(/\{(\w+)\}/g, ':$1') }
}

async function publish(orchestrator: Orchestrator, ref: ProfileRef): Promise<void> {
  await orchestrator.keys.initialize()
  await fill(orchestrator, ref)
  await orchestrator.releases.publish(ref)
}

/** About 2 KB when published. */
async function fill(orchestrator: Orchestrator, ref: ProfileRef): Promise<void> {
  for (const serverId of ['memory', 'time', 'fetch', 'sequential-thinking'])
    await orchestrator.drafts.add(ref, { serverId })
}
