import type { Client } from '../clients/client.ts'
import { complete, type DeploymentRecord, fileState, isSameDeployment, settle } from './deployment.ts'
import type { DeploymentRecords } from './deployment-records.ts'
import type { FileStates, Observed } from './file-states.ts'
import { readTarget, unreadableAsNull } from './target.ts'

export interface ObservationOptions {
  readonly records: DeploymentRecords
  readonly states: FileStates
}

export interface Observation extends Observed {
  /** Whether the store knows of it now. */
  readonly isRecorded: boolean
}

/** How often a look is taken anew because others were committing about the file at the same time. */
const mostLooks = 5

/**
 * Looks at what is deployed in a client's file and at what became of it; null when nothing is. What is new about it is committed; that
 * this can't be done, as with a full disk, is no reason not to say what was seen. Where others committed between the look at the record
 * and that at the file, the two don't belong together: what was seen is not said, and looked at again.
 */
export async function observe(
  client: Client,
  configPath: string,
  { records, states }: ObservationOptions,
): Promise<Observation | null> {
  const { clientId } = client
  for (let looks = 1; ; looks += 1) {
    const recorded = await records.read(clientId, configPath)
    const observed = await look(client, configPath, recorded.record)
    if (!observed) return null
    const isRecorded = await states.record(clientId, recorded, observed).catch(() => undefined)
    if (isRecorded === false && looks < mostLooks) continue
    return { ...observed, isRecorded: isRecorded ?? false }
  }
}

async function look(client: Client, configPath: string, record: DeploymentRecord): Promise<Observed | null> {
  if (!record.current && record.pending.length === 0) return null
  const target = await readTarget(client, configPath).catch(unreadableAsNull)
  const deployment = target ? settle(record, target.text, target.entries) : record.current
  if (!deployment) return null
  return {
    deployment,
    fileState: target ? fileState(deployment.managed, target.entries) : 'unreadable',
    completed: isSameDeployment(deployment, record.current) ? undefined : complete(record, deployment),
  }
}
