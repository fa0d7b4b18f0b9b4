import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  createOrchestrator,
  type JsonObject,
  OrchestrationError,
  type Orchestrator,
  type ProfileRef,
} from '../../../src/index.ts'
import { createSandbox } from '../../../step_definitions/support/sandbox.ts'
import { serveHome } from '../../../step_definitions/support/served-home.ts'
import { type Credential, readCredential } from './workflow.ts'

/** Omar's machine as his workflows find it: a running server, his token for it, and somewhere to tell him things. */
export interface Office {
  readonly url: string
  readonly credential: Credential
  readonly alertUrl: string
  /** What Omar was told. */
  readonly alerts: readonly string[]
  /** The back door to the server's home. */
  readonly orchestrator: Orchestrator
  close(): Promise<void>
}

export async function openOffice(): Promise<Office> {
  const { home, env, remove } = createSandbox()
  const served = await serveHome({ home, env })
  const inbox = await openInbox()
  const orchestrator = createOrchestrator({ home, env })
  return {
    url: served.url,
    credential: await readCredential(served.headers.authorization.replace('Bearer ', '')),
    alertUrl: inbox.url,
    alerts: inbox.texts,
    orchestrator,
    async close() {
      await orchestrator.close()
      await served.close()
      inbox.close()
      await remove()
    },
  }
}

/** A webhook as chats have it: it takes `{ "text": … }`. */
async function openInbox() {
  const texts: string[] = []
  const server = createServer(async (request, response) => {
    texts.push(JSON.parse(await text(request)).text)
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, texts, close: () => server.close() }
}

export async function addToDraft(
  { orchestrator }: Office,
  ref: ProfileRef,
  serverIds: readonly string[],
  envVars: JsonObject = {},
): Promise<void> {
  for (const serverId of serverIds) await orchestrator.drafts.add(ref, { serverId, envVars })
}

export async function publish(office: Office, ref: ProfileRef, serverIds: readonly string[]): Promise<void> {
  await office.orchestrator.keys.initialize()
  await addToDraft(office, ref, serverIds)
  await office.orchestrator.releases.publish(ref)
}

export async function deploy(office: Office, ref: ProfileRef, serverIds: readonly string[]): Promise<void> {
  await publish(office, ref, serverIds)
  await office.orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
}

/** The servers in the file of a client that writes strict JSON under "mcpServers"; none where there is no file. */
export async function readServers(office: Office, clientId: string): Promise<JsonObject> {
  const content = await readClientFile(office, clientId)
  return content === null ? {} : JSON.parse(content).mcpServers
}

/** By an editor that knows nothing of the orchestrator. */
export async function editEntry(office: Office, clientId: string, serverName: string): Promise<void> {
  const servers = await readServers(office, clientId)
  const entry = servers[serverName] as JsonObject
  const edited = { ...servers, [serverName]: { ...entry, command: 'her-own-way' } }
  const path = await clientFile(office, clientId)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify({ mcpServers: edited }))
}

/** All that a workflow could change of one profile. */
export async function stateOf(office: Office, ref: ProfileRef) {
  const { drafts, releases, home } = office.orchestrator
  return {
    draft: await drafts.view(ref),
    release: await releases.get(ref).then(
      ({ sequence }) => sequence,
      (error: unknown) => {
        if (error instanceof OrchestrationError) return error.code
        throw error
      },
    ),
    file: await readClientFile(office, ref.clientId),
    keys: await readdir(join(home, 'keys')).catch(() => []),
    backups: await readdir(join(home, 'backups', ref.clientId)).catch(() => []),
  }
}

async function readClientFile(office: Office, clientId: string): Promise<string | null> {
  return await readFile(await clientFile(office, clientId), 'utf8').catch(() => null)
}

async function clientFile({ orchestrator }: Office, clientId: string): Promise<string> {
  const path = await orchestrator.deployments.configPath(clientId)
  assert.ok(path, `${clientId} has no file on this machine.`)
  return path
}
