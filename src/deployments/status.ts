import type { Releases } from '../artifacts/releases.ts'
import type { Client } from '../clients/client.ts'
import { OrchestrationError } from '../errors.ts'
import { type Deployment, type FileState, fileState, settle } from './deployment.ts'
import type { DeploymentRecords } from './deployment-records.ts'
import { readTarget } from './target.ts'

export interface DeploymentStatus extends Deployment {
  readonly fileState: FileState
  /** A newer release of the profile exists. */
  readonly outdated: boolean
}

export interface StatusOptions {
  readonly records: DeploymentRecords
  readonly releases: Releases
}

/** What is deployed in the client's file and what became of it; null when nothing is. */
export async function statusOf(
  client: Client,
  configPath: string,
  { records, releases }: StatusOptions,
): Promise<DeploymentStatus | null> {
  const { record } = await records.read(client.clientId, configPath)
  if (!record.current && !record.pending) return null
  const target = await readTarget(client, configPath).catch(unreadableAsNull)
  const deployment = target ? settle(record, target.text, target.entries) : record.current
  if (!deployment) return null
  const latest = await releases.summary({
    clientId: client.clientId,
    profileId: deployment.profileId,
  })
  return {
    ...deployment,
    fileState: target ? fileState(deployment.managed, target.entries) : 'unreadable',
    outdated: latest !== undefined && latest.sequence > deployment.sequence,
  }
}

/** What can't be read, or isn't there on this machine, is an answer and no failure when one only looks. */
export function unreadableAsNull(error: unknown): null {
  if (error instanceof OrchestrationError && error.code === 'config_file_unreadable') return null
  throw error
}
