import type { Releases } from '../artifacts/releases.ts'
import type { Client } from '../clients/client.ts'
import type { Deployment, FileState } from './deployment.ts'
import { type ObservationOptions, observe } from './observation.ts'

export interface DeploymentStatus extends Deployment {
  readonly fileState: FileState
  /** A newer release of the profile exists. */
  readonly outdated: boolean
}

export interface StatusOptions extends ObservationOptions {
  readonly releases: Releases
}

/** What is deployed in the client's file and what became of it; null when nothing is. */
export async function statusOf(
  client: Client,
  configPath: string,
  options: StatusOptions,
): Promise<DeploymentStatus | null> {
  const observed = await observe(client, configPath, options)
  if (!observed) return null
  const { deployment } = observed
  const latest = await options.releases.summary({
    clientId: client.clientId,
    profileId: deployment.profileId,
  })
  return {
    ...deployment,
    fileState: observed.fileState,
    outdated: latest !== undefined && latest.sequence > deployment.sequence,
  }
}
