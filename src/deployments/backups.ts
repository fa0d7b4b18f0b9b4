import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createHourlySweep, makePrivateFolder, writePrivateFile } from '../private-file.ts'
import type { ConfigFile } from './config-file.ts'

/** Keeps the bytes that a deploy replaces. None is ever removed. */
export interface Backups {
  /** The backup's path, or null when there was no file. `write_failed` when it can't be kept, so that the deploy doesn't go on. */
  keep(clientId: string, file: ConfigFile): Promise<string | null>
}

export interface BackupsOptions {
  readonly folder: string
  readonly clock: () => Date
}

export function createBackups({ folder, clock }: BackupsOptions): Backups {
  const sweep = createHourlySweep()
  return {
    async keep(clientId, file) {
      if (!file.content) return null
      const time = clock().toISOString().replaceAll(':', '-') // Windows allows no colon in a name
      const name = `${time}-${randomBytes(4).toString('hex')}${path.extname(file.path)}`
      const backupPath = path.join(folder, clientId, name)
      await makePrivateFolder(path.dirname(backupPath))
      await writePrivateFile(backupPath, file.content.bytes, { sweep })
      return backupPath
    },
  }
}
