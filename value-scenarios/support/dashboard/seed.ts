import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JsonObject, Orchestrator, ProfileRef } from '../../../src/index.ts'

/** One server of the catalogue with its values. */
export type Server = readonly [
  serverId: string,
  values?: { readonly params?: JsonObject; readonly envVars?: JsonObject },
]

interface Team {
  readonly orchestrator: Orchestrator
  readonly time: { daysAgo: number }
}

const deployedBy = 'tok_build_7'
const notes = { params: { path: '/home/priya/notes' } }

/** A team's machine, as it stands after some weeks of work: several releases, one that waits, files in several states. */
export async function seedTeam({ orchestrator, time }: Team): Promise<void> {
  await orchestrator.keys.initialize({ regenerate: false })
  time.daysAgo = 40
  await release(orchestrator, ref('claude-desktop'), 'Notes for Claude', [['filesystem', notes]])
  await release(orchestrator, ref('claude-desktop'), 'Memory across conversations', [['memory']])
  await deploy(orchestrator, ref('claude-desktop'))
  await seedCursor({ orchestrator, time })
  time.daysAgo = 6.1
  await release(orchestrator, ref('vscode', 'team'), 'Docs and time for everybody', [
    ['microsoft-learn'],
    ['time'],
  ])
  await deploy(orchestrator, ref('vscode', 'team'))
  await release(orchestrator, ref('windsurf'), 'A first set', [['deepwiki'], ['fetch']])
  await release(orchestrator, ref('zed', 'home'), 'Git and time', [['git'], ['time']])
  await deploy(orchestrator, ref('zed', 'home'))
  await orchestrator.drafts.add(ref('claude-code', 'review'), { serverId: 'sequential-thinking' })
  time.daysAgo = 0
}

/** What happens there while somebody looks: a draft goes beyond its release, a file is edited. */
export async function changeTeam({ orchestrator }: Team): Promise<void> {
  await orchestrator.drafts.add(ref('cursor', 'work'), { serverId: 'playwright' })
  await editFile(orchestrator, 'vscode')
}

/** Deployed at release 3, with a release 4 that waits. */
async function seedCursor({ orchestrator, time }: Team): Promise<void> {
  const work = ref('cursor', 'work')
  const github = { envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: '${env:GITHUB_TOKEN}' } }
  time.daysAgo = 33.3
  await release(orchestrator, work, 'Project notes', [['filesystem', notes]])
  time.daysAgo = 21.2
  await release(orchestrator, work, 'Pull requests and issues', [['github', github]])
  time.daysAgo = 12.4
  await release(orchestrator, work, 'Docs of the libraries in use', [['context7']])
  await deploy(orchestrator, work)
  time.daysAgo = 3.2
  await orchestrator.drafts.remove(work, 'github')
  await release(orchestrator, work, 'Memory in place of GitHub', [['memory']])
}

function ref(clientId: string, profileId = 'default'): ProfileRef {
  return { clientId, profileId }
}

export async function release(
  { drafts, releases }: Orchestrator,
  ref: ProfileRef,
  changelog: string,
  servers: readonly Server[],
): Promise<void> {
  for (const [serverId, values] of servers) await drafts.add(ref, { serverId, ...values })
  await releases.publish(ref, { changelog })
}

export async function deploy({ deployments }: Orchestrator, ref: ProfileRef): Promise<void> {
  await deployments.deploy(ref, { deployedBy })
}

/** Somebody changes a deployed entry by hand. */
export async function editFile({ deployments }: Orchestrator, clientId: string): Promise<void> {
  const file = await deployments.configPath(clientId)
  if (file === null) throw new Error(`${clientId} has no file here.`)
  await mkdir(dirname(file), { recursive: true })
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/"command": "\w+"/, '"command": "/usr/local/bin/mine"'))
}
