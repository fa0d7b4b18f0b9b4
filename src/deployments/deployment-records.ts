import { hash } from 'node:crypto'
import { isObject } from '../json.ts'
import type { Entry, Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import type { JsonValue, ProfileRef } from '../vocabulary.ts'
import {
  complete,
  type Deployment,
  type DeploymentRecord,
  isSameDeployment,
  type PendingDeployment,
  stillPending,
} from './deployment.ts'

/** The records of what was deployed into which file. */
export interface DeploymentRecords {
  read(clientId: string, configPath: string): Promise<Recorded>
  /** The clients into whose files something was deployed, on whatever machine. */
  clientIds(): Promise<ReadonlySet<string>>
  /**
   * Announces a write before it happens, over what the file was found to hold (which is a deployment that nobody recorded as done when
   * its process ended before it could). Undefined when another process was faster: look at the file again.
   */
  begin(
    recorded: Recorded,
    settled: Deployment | null,
    pending: PendingDeployment,
  ): Promise<Recorded | undefined>
  /**
   * After the write. Gives way to a later deploy of another process, unless the file still holds ours. Whoever looked at the file in
   * between may have recorded it already; then there is nothing left to do.
   */
  finish(recorded: Recorded, deployment: Deployment, isStillOurs: () => Promise<boolean>): Promise<void>
  /** The write did not happen. */
  abandon(recorded: Recorded): Promise<void>
}

export interface Recorded {
  readonly key: string
  readonly revision: number
  readonly record: DeploymentRecord
}

/** More than processes ever deploy into one file at once; what crashes leave behind goes with the next deployment that is carried out. */
const mostPending = 16

export function createDeploymentRecords(store: Store): DeploymentRecords {
  return {
    async read(clientId, configPath) {
      const key = keyOf(clientId, configPath)
      const entry = await store.get(key)
      return { key, revision: entry?.revision ?? 0, record: toRecord(entry) }
    },
    async clientIds() {
      const entries = await store.list(prefix)
      return new Set(entries.map(({ key }) => key.split('/')[1] ?? ''))
    },
    async begin({ key, revision, record }, settled, pending) {
      const isNew = settled !== null && !isSameDeployment(settled, record.current)
      const announced = [...stillPending(record, settled), pending].slice(-mostPending)
      const next = { current: settled, pending: announced, isNew }
      const result = await store.commit({ if: [{ key, revision }], put: { [key]: toJson(next) } })
      return result.committed ? { key, revision: result.revision, record: next } : undefined
    },
    async finish({ key, revision }, deployment, isStillOurs) {
      await updateEntry(store, key, async (entry) => {
        const recorded = toRecord(entry)
        if (isSameDeployment(recorded.current, deployment)) return { result: undefined }
        const isOurs = (entry?.revision ?? 0) === revision || (await isStillOurs())
        const put = { [key]: toJson(complete(recorded, deployment)) }
        return isOurs ? { change: { put }, result: undefined } : { result: undefined }
      })
    },
    async abandon({ key, record }) {
      const ours = record.pending.at(-1) ?? null
      await updateEntry(store, key, (entry) => {
        const { current, pending } = toRecord(entry)
        const others = pending.filter((each) => !isSameDeployment(each, ours))
        const put = { [key]: toJson({ current, pending: others, isNew: false }) }
        return others.length < pending.length ? { change: { put }, result: undefined } : { result: undefined }
      })
    },
  }
}

/** Earlier versions kept one announcement or null. */
function toRecord(entry: Entry | undefined): DeploymentRecord {
  const { current = null, pending = null, ...rest } = (entry?.value ?? {}) as unknown as Partial<StoredRecord>
  return { ...rest, current, pending: [pending ?? []].flat() }
}

interface StoredRecord extends Omit<DeploymentRecord, 'pending'> {
  readonly pending: DeploymentRecord['pending'] | PendingDeployment | null
}

/** What is told of a deployment that was carried out. */
export interface CarriedOut extends ProfileRef {
  readonly artifactId: string
  readonly sequence: number
  readonly deployedBy: string
  readonly configPath: string
}

/** The deployment whose completion a write to the store was; undefined for any other write. */
export function toCarriedOut(key: string, value: JsonValue): CarriedOut | undefined {
  const [room, clientId = ''] = key.split('/')
  if (room !== 'deployments' || !isObject(value)) return undefined
  const { current, isNew } = value as unknown as DeploymentRecord
  if (!current || isNew !== true) return undefined
  const { profileId, artifactId, sequence, deployedBy, configPath } = current
  return { clientId, profileId, artifactId, sequence, deployedBy, configPath }
}

const prefix = 'deployments/'

/** One record for each file, since managed entries belong to the file. */
function keyOf(clientId: string, configPath: string): string {
  return `${prefix}${clientId}/${fileId(configPath)}`
}

/** A path as a part of a key, whatever characters are in it. */
export function fileId(configPath: string): string {
  return hash('sha256', configPath).slice(0, 32)
}

export function toJson(record: DeploymentRecord): JsonValue {
  return record as unknown as JsonValue
}
