import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../support/eventually.ts'
import { createFolder } from '../support/folder.ts'
import { binPath } from '../support/sandbox.ts'
import { createCaller } from './caller.ts'
import { prepareGround } from './ground.ts'
import { makeReadOnly, makeWritable, withPrivateMounts, withReadOnly } from './namespace.ts'
import { isReady, serve } from './served.ts'
import { add, draftNames, insist, isInOrderAgain, isOutOfOrder, ref } from './trouble.ts'

const hostProgram = fileURLToPath(new URL('host-process.ts', import.meta.url))

describe('a home that can’t be written', () => {
  test('is out of order for as long, then goes on without a restart', async (t) => {
    const { home, user } = await prepareGround(await createFolder(t))
    const first = await serve({ home, user })
    t.after(first.kill)
    await add(first.url, 'before', '/before')
    await first.kill()

    const { enter } = withReadOnly(home)
    const served = await serve({ home, user, enter, program: hostProgram, mustBeReady: false })
    t.after(served.kill)
    await isOutOfOrder(served.url)
    assert.deepEqual(await draftNames(served.url), ['before'])

    await makeWritable(served.child.pid ?? 0, home)
    await isInOrderAgain(served.url)
    assert.deepEqual(await draftNames(served.url), ['before'])
  })

  test('while the store is open already: ready says no, keys and secrets stay as they are, reads go on', async (t) => {
    const { home, user } = await prepareGround(await createFolder(t))
    const served = await serve({ home, user, ...withPrivateMounts() })
    t.after(served.kill)
    const { url, child } = served
    await insist(url, 'POST', '/v1/keys/initialize', {})
    await add(url, 'before', '/before')
    const key = await readFile(path.join(home, 'keys/signing.pem'), 'utf8')

    await makeReadOnly(child.pid ?? 0, home)
    const refused = await createCaller(url)('POST', '/v1/keys/initialize', { regenerate: true })
    assert.equal(`${refused.status} ${refused.body.code}`, '500 write_failed')
    await eventually(async () => assert.equal(await isReady(url), false))
    assert.equal((await fetch(`${url}/health`)).status, 200)
    assert.deepEqual(await draftNames(url), ['before'])
    assert.equal(await readFile(path.join(home, 'keys/signing.pem'), 'utf8'), key)
    assert.deepEqual(await readdir(path.join(home, 'keys')), ['signing.pem', 'trusted'])

    await makeWritable(child.pid ?? 0, home)
    await isInOrderAgain(url)
    await insist(url, 'POST', '/v1/keys/initialize', { regenerate: true })
  })

  test('is said so to whoever starts a server on it', async (t) => {
    const { home, user } = await prepareGround(await createFolder(t))
    const [program = '', ...args] = [...withReadOnly(home).enter, process.execPath, binPath('serve-http')]
    const env = { PATH: process.env.PATH, HOME: user, MCP_ORCHESTRATION_HOME: home }
    const child = spawn(program, [...args, '--port', '0'], { env })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    assert.equal(code, 1)
    assert.match(said, /The store is not writable/)
  })
})

describe('a client’s file that can’t be written', () => {
  test('is write_failed and stays as it is, until it can', async (t) => {
    const { home, user } = await prepareGround(await createFolder(t))
    const served = await serve({ home, user, ...withPrivateMounts() })
    t.after(served.kill)
    const { url, child } = served
    const folder = path.join(user, '.cursor')
    const before = await readFile(path.join(folder, 'mcp.json'), 'utf8')
    await insist(url, 'POST', '/v1/keys/initialize', {})
    await add(url, 'files', '/one')
    await insist(url, 'POST', `/v1/config/${ref}/publish`, {})

    await makeReadOnly(child.pid ?? 0, folder)
    const refused = await createCaller(url)('POST', `/v1/config/${ref}/deploy`, {})
    assert.equal(`${refused.status} ${refused.body.code}`, '500 write_failed')
    assert.equal(await readFile(path.join(folder, 'mcp.json'), 'utf8'), before)
    assert.deepEqual(await readdir(folder), ['mcp.json'])

    await makeWritable(child.pid ?? 0, folder)
    await insist(url, 'POST', `/v1/config/${ref}/deploy`, {})
    assert.match(await readFile(path.join(folder, 'mcp.json'), 'utf8'), /"files"/)
  })
})
