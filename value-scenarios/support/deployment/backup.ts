import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import type { World } from '../world.ts'
import { backups, backupUnit } from './machine.ts'
import { parseUnit, settingOf } from './unit.ts'

/** What came of a backup; nothing is thrown when it fails. */
export interface Backup {
  readonly exitCode: number
  readonly text: string
}

/** With as few places for programs as cron knows, though Node stands in /usr/local/bin. */
export async function startBackup({ stage, guideRun }: World): Promise<Backup> {
  await mkdir(stage.at(backups), { recursive: true, mode: 0o700 })
  await symlink(execPath, join(stage.at('/usr/local/bin'), 'node'))
  const unit = parseUnit((await guideRun.fileAt(backupUnit)).text)
  const [command = '', ...args] = settingOf(unit, 'ExecStart').split(/\s+/)
  const env = { ...stage.env, PATH: '/usr/bin:/bin' }
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { env })
    return { exitCode: 0, text: `${stdout}${stderr}` }
  } catch (error) {
    const { code, stdout, stderr } = error as Record<'code' | 'stdout' | 'stderr', unknown>
    return { exitCode: Number(code), text: `${stdout}${stderr}` }
  }
}
