import assert from 'node:assert/strict'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { createBackups } from '../../src/deployments/backups.ts'
import { readConfigFile } from '../../src/deployments/config-file.ts'
import { createFolder } from '../support/folder.ts'

const leftover = '.mcp-orchestration-5e4377d7.tmp'

describe('the backups', () => {
  test('read a client’s folder, which fills up, before the first and not before the next', async (context) => {
    const sandbox = await createFolder(context)
    await writeFile(path.join(sandbox, 'mcp.json'), '{}')
    const file = await readConfigFile(path.join(sandbox, 'mcp.json'))
    const backups = createBackups({ folder: sandbox, clock: () => new Date(0) })
    const keepBeside = async (clientId: string) => {
      const folder = path.join(sandbox, clientId)
      await mkdir(folder, { recursive: true })
      await writeFile(path.join(folder, leftover), 'half')
      await utimes(path.join(folder, leftover), 0, 0)
      await backups.keep(clientId, file)
      return (await readdir(folder)).includes(leftover)
    }

    const isLeft = [await keepBeside('cursor'), await keepBeside('cursor'), await keepBeside('zed')]

    assert.deepEqual(isLeft, [false, true, false])
  })
})
