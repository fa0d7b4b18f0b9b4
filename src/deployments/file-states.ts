import { isObject } from '../json.ts'
import type { Entry, Store } from '../store/store.ts'
import type { JsonValue, ProfileRef } from '../vocabulary.ts'
import type { Deployment, DeploymentRecord, FileState } from './deployment.ts'
import { fileId, type Recorded, toJson } from './deployment-records.ts'

/** What the file of each deployment was last seen to be like, so that a change of it has a revision and is told once. */
export interface FileStates {
  /** Commits what was seen, if that is news. False when somebody else committed anything about the file in between: look again. */
  record(clientId: string, recorded: Recorded, observed: Observed): Promise<boolean>
}

export interface Observed {
  readonly deployment: Deployment
  readonly fileState: FileState
  /** The record as it should be, when a deployment is in the file that it doesn't know as done. */
  readonly completed: DeploymentRecord | undefined
}

export function createFileStates(store: Store): FileStates {
  return {
    async record(clientId, { key: recordKey, revision }, { deployment, fileState, completed }) {
      const key = keyOf(clientId, deployment.configPath)
      const entry = await store.get(key)
      const isNews = fileState !== lastSeen(entry, deployment)
      if (!isNews && !completed) return true
      const { committed } = await store.commit({
        if: [
          { key: recordKey, revision },
          { key, revision: entry?.revision ?? 0 },
        ],
        put: {
          ...(completed ? { [recordKey]: toJson(completed) } : {}),
          ...(isNews ? { [key]: toStored(deployment, fileState) } : {}),
        },
      })
      return committed
    },
  }
}

/** What is told of a file whose state changed. */
export interface FileStateChange extends ProfileRef {
  readonly configPath: string
  readonly fileState: FileState
}

/** The change of a file's state that a write to the store was; undefined for any other write. */
export function toFileStateChange(key: string, value: JsonValue): FileStateChange | undefined {
  const [room, clientId = ''] = key.split('/')
  if (room !== 'file-states' || !isObject(value)) return undefined
  const { profileId, configPath, fileState } = value as unknown as StoredState
  return { clientId, profileId, configPath, fileState }
}

interface StoredState {
  /** Of the deployment; another one begins anew. */
  readonly salt: string
  readonly profileId: string
  readonly configPath: string
  readonly fileState: FileState
}

/** A deployment that nothing was recorded of yet is as it was written. */
function lastSeen(entry: Entry | undefined, { managed }: Deployment): FileState {
  const stored = entry?.value as StoredState | undefined
  return stored?.salt === managed.salt ? stored.fileState : 'in_sync'
}

function toStored({ managed, profileId, configPath }: Deployment, fileState: FileState): JsonValue {
  const stored: StoredState = { salt: managed.salt, profileId, configPath, fileState }
  return { ...stored }
}

function keyOf(clientId: string, configPath: string): string {
  return `file-states/${clientId}/${fileId(configPath)}`
}
