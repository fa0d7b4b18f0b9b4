import { hash } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import type { JsonValue } from '../vocabulary.ts'
import type { Deployment, DeploymentRecord, PendingDeployment } from './deployment.ts'

/** The records of what was deployed into which file. */
export interface DeploymentRecords {
  read(clientId: string, configPath: string): Promise<Recorded>
  /**
   * Announces a write before it happens, over what the file was found to hold. Undefined when another process was faster: look at
   * the file again.
   */
  begin(
    recorded: Recorded,
    settled: Deployment | null,
    pending: PendingDeployment,
  ): Promise<Recorded | undefined>
  /** After the write. Gives way to a later deploy of another process, unless the file still holds ours. */
  finish(recorded: Recorded, deployment: Deployment, isStillOurs: () => Promise<boolean>): Promise<void>
  /** The write did not happen. */
  abandon(recorded: Recorded): Promise<void>
}

export interface Recorded {
  readonly key: string
  readonly revision: number
  readonly record: DeploymentRecord
}

const none: DeploymentRecord = { current: null, pending: null }

export function createDeploymentRecords(store: Store): DeploymentRecords {
  return {
    async read(clientId, configPath) {
      const key = keyOf(clientId, configPath)
      const entry = await store.get(key)
      return {
        key,
        revision: entry?.revision ?? 0,
        record: (entry?.value as DeploymentRecord | undefined) ?? none,
      }
    },
    async begin({ key, revision }, settled, pending) {
      const next = { current: settled, pending }
      const result = await store.commit({ if: [{ key, revision }], put: { [key]: toJson(next) } })
      return result.committed ? { key, revision: result.revision, record: next } : undefined
    },
    async finish({ key, revision }, deployment, isStillOurs) {
      const put = { [key]: toJson({ current: deployment, pending: null }) }
      await updateEntry(store, key, async (entry) => {
        const isOurs = (entry?.revision ?? 0) === revision || (await isStillOurs())
        return isOurs ? { change: { put }, result: undefined } : { result: undefined }
      })
    },
    async abandon({ key, revision, record }) {
      const put = { [key]: toJson({ current: record.current, pending: null }) }
      await store.commit({ if: [{ key, revision }], put })
    },
  }
}

/** One record for each file, since managed entries belong to the file. */
function keyOf(clientId: string, configPath: string): string {
  return `deployments/${clientId}/${hash('sha256', configPath).slice(0, 32)}`
}

function toJson(record: DeploymentRecord): JsonValue {
  return record as unknown as JsonValue
}
