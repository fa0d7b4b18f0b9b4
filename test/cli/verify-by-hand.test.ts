import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Sandbox } from '../support/sandbox.ts'
import { createDelivery, type Delivery } from './delivery.ts'

const page = new URL('../../docs/explanation/signing.md', import.meta.url)
const heading = '## From a payload to a signature'

/** A value scenario follows the page with its own release; here its commands meet others. */
describe('The commands of docs/explanation/signing.md', () => {
  let commands = ''
  before(async () => {
    const [, section = ''] = (await readFile(page, 'utf8')).split(heading)
    const [ofSection = ''] = section.split(/^## /m)
    commands = [...ofSection.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text).join('\n')
  })

  test('find the artifact, the statement, the signature and the key of a release', async (context) => {
    const delivery = await receive(context)
    const { signing_key_id, artifact_id } = JSON.parse(delivery.release)
    const lines = await say(delivery, commands)
    assert.equal(lines[0], `${artifact_id} *stdin`)
    assert.deepEqual(lines.slice(-4), [
      'Signature Verified Successfully',
      'Signature Verification Failure',
      'exit code 1',
      signing_key_id,
    ])
    const { subject, predicate } = JSON.parse(lines.slice(1, -4).join('\n'))
    assert.deepEqual(subject, [{ name: 'cursor/default', digest: { sha256: artifact_id } }])
    assert.equal(predicate.changelog, 'First')
  })

  test('notice another statement', async (context) => {
    const delivery = await receive(context)
    const { envelope, ...rest } = JSON.parse(delivery.release)
    const statement = Buffer.from(envelope.payload, 'base64').toString().replace('First', 'Other')
    const forged = { ...envelope, payload: Buffer.from(statement).toString('base64') }
    await write(delivery, 'release.json', { ...rest, envelope: forged })
    await assert.rejects(say(delivery, commands), /Signature Verification Failure/)
  })

  test('notice another payload', async (context) => {
    const delivery = await receive(context)
    const { payload, ...rest } = JSON.parse(delivery.release)
    payload.mcpServers.memory.command = 'sh'
    await write(delivery, 'release.json', { ...rest, payload })
    const [digest] = await say(delivery, commands)
    assert.match(digest ?? '', /^[0-9a-f]{64} \*stdin$/)
    assert.notEqual(digest, `${rest.artifact_id} *stdin`)
  })
})

/** The page has its key from initialize_keys. */
async function receive(context: Parameters<typeof createDelivery>[0]): Promise<Delivery> {
  const delivery = await createDelivery(context)
  const { keys } = JSON.parse(delivery.jwks)
  await write(delivery, 'key.json', { public_jwk: keys[0] })
  return delivery
}

function write({ folder }: Sandbox, name: string, value: object): Promise<void> {
  return writeFile(path.join(folder, name), JSON.stringify(value))
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
