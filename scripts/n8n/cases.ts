import type { JsonObject } from '../../src/index.ts'
import {
  addToDraft,
  deploy,
  editEntry,
  type Office,
  publish,
} from '../../value-scenarios/support/n8n/office.ts'
import type { ProxyFailure } from '../../value-scenarios/support/n8n/proxy.ts'

/** A workflow in a situation, and what must come of it. */
export interface Case {
  readonly workflow: string
  readonly situation: string
  readonly settings: JsonObject
  prepare(office: Office): Promise<unknown>
  /** What a proxy between n8n and the server fails at. */
  readonly proxy?: ProxyFailure
  /** The node with which it ends. */
  readonly endsAt: string
  /** What Omar must be told; nothing unless it is given. */
  readonly told?: string
  /** Whether it runs a second time on what the first run left. */
  readonly again?: true
}

const ref = { clientId: 'cursor', profileId: 'work' }
const cursorWork = { client_id: 'cursor', profile_id: 'work' }

async function deployedAndEdited(office: Office): Promise<void> {
  await deploy(office, ref, ['memory'])
  await editEntry(office, 'cursor', 'memory')
}

const dailyDeploy = { workflow: 'daily-deploy', settings: cursorWork }
const validateThenPublish = { workflow: 'validate-then-publish', settings: cursorWork }
const driftAlert = { workflow: 'drift-alert', settings: {} }
const onboard = { workflow: 'onboard-a-machine', settings: cursorWork }

export const cases: readonly Case[] = [
  {
    ...dailyDeploy,
    situation: 'a release that is not in the file yet',
    prepare: (office) => publish(office, ref, ['memory']),
    endsAt: 'Report',
  },
  {
    ...dailyDeploy,
    situation: 'a file that is as it should be',
    prepare: (office) => deploy(office, ref, ['memory']),
    endsAt: 'Nothing to do',
  },
  {
    ...dailyDeploy,
    situation: 'an entry that somebody edited',
    prepare: deployedAndEdited,
    endsAt: 'Alert',
    told: 'has been edited in the file since',
  },
  {
    ...dailyDeploy,
    situation: 'a profile that was never published',
    prepare: (office) => addToDraft(office, ref, ['memory']),
    endsAt: 'Alert',
    told: 'has a draft and no release',
  },
  {
    ...dailyDeploy,
    situation: 'a server that does not answer',
    // Port 1 is nobody's.
    settings: { ...cursorWork, base_url: 'http://127.0.0.1:1' },
    prepare: async () => {},
    endsAt: 'Alert',
    told: 'ECONNREFUSED',
  },
  {
    ...validateThenPublish,
    situation: 'a valid draft',
    prepare: async (office) => {
      await office.orchestrator.keys.initialize()
      await addToDraft(office, ref, ['memory'])
    },
    endsAt: 'Report',
  },
  {
    ...validateThenPublish,
    situation: 'a draft that is not valid',
    prepare: (office) => addToDraft(office, ref, ['memory'], { MEMORY_FILE_PATH: '{folder}/memory.jsonl' }),
    endsAt: 'Alert',
    told: 'The placeholder {folder} has no value',
  },
  {
    ...validateThenPublish,
    situation: 'a draft that nobody can sign',
    prepare: (office) => addToDraft(office, ref, ['memory']),
    endsAt: 'Alert',
    told: 'There is no key to sign with',
  },
  {
    ...driftAlert,
    situation: 'one file edited, one outdated, one in sync',
    prepare: async (office) => {
      await deployedAndEdited(office)
      await deploy(office, { clientId: 'zed', profileId: 'home' }, ['time'])
      await publish(office, { clientId: 'zed', profileId: 'home' }, ['memory'])
      await deploy(office, { clientId: 'windsurf', profileId: 'home' }, ['time'])
    },
    endsAt: 'Alert',
    told: 'zed/home is outdated',
  },
  {
    ...driftAlert,
    situation: 'all files as deployed',
    prepare: (office) => deploy(office, ref, ['memory']),
    endsAt: 'Drifted',
  },
  { ...onboard, situation: 'a bare machine', prepare: async () => {}, endsAt: 'Report', again: true },
  {
    ...onboard,
    situation: "a server that the catalogue doesn't have",
    settings: { ...cursorWork, servers: [{ server_id: 'memory' }, { server_id: 'no-such-server' }] },
    prepare: async () => {},
    endsAt: 'Alert',
    told: 'There is no server "no-such-server" in the catalogue',
  },
  {
    ...dailyDeploy,
    situation: 'a proxy that answers the list of profiles with a page',
    prepare: async () => {},
    proxy: { path: '/profiles', answer: '502 and a page' },
    endsAt: 'Alert',
    told: '502 - "<html>',
  },
  {
    ...dailyDeploy,
    situation: 'a proxy that answers the list of profiles with nothing',
    prepare: async () => {},
    proxy: { path: '/profiles', answer: '504 and nothing else' },
    endsAt: 'Alert',
    told: '504 - ""',
  },
  {
    ...dailyDeploy,
    situation: 'a proxy that answers the deploy with a page',
    prepare: (office) => publish(office, ref, ['memory']),
    proxy: { path: '/deploy', answer: '502 and a page' },
    endsAt: 'Alert',
    told: 'Response body is not valid JSON',
  },
  {
    ...validateThenPublish,
    situation: 'a proxy that answers the publish with nothing',
    prepare: (office) => addToDraft(office, ref, ['memory']),
    proxy: { path: '/publish', answer: '504 and nothing else' },
    endsAt: 'Alert',
    told: 'HTTP 504, no reason given',
  },
  {
    ...driftAlert,
    situation: 'a proxy that answers the list of clients with a page',
    prepare: async () => {},
    proxy: { path: '/v1/clients', answer: '502 and a page' },
    endsAt: 'Alert',
    told: '502 - "<html>',
  },
  {
    ...onboard,
    situation: 'a proxy that answers the making of keys with a page',
    prepare: async () => {},
    proxy: { path: '/keys/initialize', answer: '502 and a page' },
    endsAt: 'Alert',
    told: 'Response body is not valid JSON',
  },
  {
    ...onboard,
    situation: 'a proxy that answers each server to add with nothing',
    prepare: async () => {},
    proxy: { path: '/draft/add', answer: '504 and nothing else' },
    endsAt: 'Alert',
    told: '- HTTP 504, no reason given',
  },
]
