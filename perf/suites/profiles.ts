import type { Orchestrator, ProfileRef } from 'mcp-orchestration'

const work: ProfileRef = { clientId: 'cursor', profileId: 'work' }
const large: ProfileRef = { clientId: 'cursor', profileId: 'large' }

/** A published profile whose configuration is answered in about 2 KB, and one of about 50 KB. */
export const configurations = { '2 KB': work, '50 KB': large } as const

export async function publishConfigurations(orchestrator: Orchestrator): Promise<void> {
  await fillSmall(orchestrator, work)
  await orchestrator.releases.publish(work)
  for (let index = 0; index < 24; index += 1)
    await orchestrator.drafts.add(large, {
      serverId: 'filesystem',
      serverName: `files-${index}`,
      params: { path: `/srv/${'a-long-name/'.repeat(160)}${index}` },
    })
  await orchestrator.releases.publish(large)
}

export async function fillSmall({ drafts }: Orchestrator, ref: ProfileRef): Promise<void> {
  for (const serverId of ['memory', 'time', 'fetch', 'sequential-thinking'])
    await drafts.add(ref, { serverId })
}
