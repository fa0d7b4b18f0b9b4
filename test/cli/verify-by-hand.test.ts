import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Sandbox } from '../support/sandbox.ts'
import { createDelivery } from './delivery.ts'

const page = new URL('../../docs/explanation/verify.md', import.meta.url)

describe('The commands of docs/explanation/verify.md', () => {
  let commands = ''
  before(async () => {
    const fences = (await readFile(page, 'utf8')).matchAll(/^```sh\n(.*?)^```$/gms)
    commands = [...fences].map(([, text = '']) => text).join('\n')
  })

  test('verify a release without the product', async (context) => {
    const delivery = await createDelivery(context)
    const lines = await say(delivery, commands)
    const { signing_key_id, artifact_id } = JSON.parse(delivery.release)
    assert.equal(lines[0], signing_key_id)
    assert.equal(lines[1], 'Signature Verified Successfully')
    assert.equal(lines.at(-1), `${artifact_id} *stdin`)
    const { subject, predicate } = JSON.parse(lines.slice(2, -1).join('\n'))
    assert.deepEqual(subject, [{ name: 'cursor/default', digest: { sha256: artifact_id } }])
    assert.equal(predicate.changelog, 'First')
  })

  test('notice another statement and another payload', async (context) => {
    const delivery = await createDelivery(context)
    const { payload, envelope, ...rest } = JSON.parse(delivery.release)
    const statement = Buffer.from(envelope.payload, 'base64').toString().replace('First', 'Other')
    const forged = { ...envelope, payload: Buffer.from(statement).toString('base64') }
    await writeRelease(delivery, { ...rest, payload, envelope: forged })
    await assert.rejects(say(delivery, commands), /Signature Verification Failure/)
    payload.mcpServers.memory.command = 'sh'
    await writeRelease(delivery, { ...rest, payload, envelope })
    assert.notEqual((await say(delivery, commands)).at(-1), `${rest.artifact_id} *stdin`)
  })
})

function writeRelease({ folder }: Sandbox, release: object): Promise<void> {
  return writeFile(path.join(folder, 'release.json'), JSON.stringify(release))
}

/** What the commands print, line by line. */
async function say({ folder, env }: Sandbox, commands: string): Promise<readonly string[]> {
  const shell = promisify(execFile)('sh', ['-ec', commands], {
    cwd: folder,
    env: { ...env, PATH: withNode(env) },
  })
  const { stdout } = await shell.catch(({ stdout, stderr }) => {
    throw new Error(stdout + stderr)
  })
  return stdout.trimEnd().split('\n')
}

/** The Node of this run comes first. */
function withNode({ PATH = '' }: Sandbox['env']): string {
  return [path.dirname(process.execPath), PATH].join(path.delimiter)
}
