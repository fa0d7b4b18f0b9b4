import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { World } from './world.ts'

/** A server as a client's file has it; each client says it a little otherwise. */
export interface FileEntry {
  readonly command?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

type Servers = Record<string, FileEntry>

/** Where the client reads its servers on this machine. */
export async function clientFile({ orchestrator }: World, clientId: string): Promise<string> {
  const path = await orchestrator.deployments.configPath(clientId)
  assert.ok(path, `${clientId} has no file on this machine.`)
  return path
}

export async function readClientFile(world: World, clientId: string): Promise<string> {
  return await readFile(await clientFile(world, clientId), 'utf8')
}

/** The file as somebody left it who knows nothing of the orchestrator. */
export async function writeClientFile(world: World, clientId: string, text: string): Promise<void> {
  const path = await clientFile(world, clientId)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  if (!world.firstFiles.has(clientId)) world.firstFiles.set(clientId, text)
}

/** The servers in the file of a client that writes strict JSON under "mcpServers". */
export async function readServers(world: World, clientId: string): Promise<Servers> {
  const { mcpServers } = JSON.parse(await readClientFile(world, clientId)) as { mcpServers: Servers }
  return mcpServers
}

export async function readEntry(world: World, clientId: string, serverName: string): Promise<FileEntry> {
  const entry = (await readServers(world, clientId))[serverName]
  assert.ok(entry, `The file of ${clientId} has no server "${serverName}".`)
  return entry
}

/** By an editor that knows nothing of the orchestrator. */
export async function editServers(
  world: World,
  clientId: string,
  edit: (servers: Servers) => Servers,
): Promise<void> {
  const file = JSON.parse(await readClientFile(world, clientId))
  const text = JSON.stringify({ ...file, mcpServers: edit(file.mcpServers) }, null, 2)
  await writeFile(await clientFile(world, clientId), `${text}\n`)
}
