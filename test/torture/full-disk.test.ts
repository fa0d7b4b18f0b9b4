import assert from 'node:assert/strict'
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createFolder } from '../support/folder.ts'
import { createCaller } from './caller.ts'
import { prepareGround } from './ground.ts'
import { seenFromOutside, withSmallDisk } from './namespace.ts'
import { serve } from './served.ts'
import {
  add,
  addUntilRefused,
  draftNames,
  fill,
  insist,
  isInOrderAgain,
  isOutOfOrder,
  ref,
} from './trouble.ts'

describe('a full disk below the home', () => {
  test('refuses changes, loses none that was acknowledged, lets reads go on, and is over once there is room', async (t) => {
    const { url, home } = await serveWithSmallHome(t)
    await insist(url, 'POST', '/v1/keys/initialize', {})
    assert.equal((await add(url, 'before', '/before')).status, 200)
    await insist(url, 'POST', `/v1/config/${ref}/publish`, { changelog: 'before' })

    const filler = await fill(path.join(home, 'filler'))
    const { names, refusal } = await addUntilRefused(url, 'during')

    assert.equal(refusal.status, 503)
    assert.equal(refusal.body.code, 'store_unavailable')
    await isOutOfOrder(url)
    assert.deepEqual(await draftNames(url), ['before', ...names].toSorted())
    const released = await insist(url, 'GET', `/v1/config/${ref}`)
    assert.equal((released.metadata as { readonly changelog: string }).changelog, 'before')

    await rm(filler)
    await isInOrderAgain(url)
    assert.deepEqual(await draftNames(url), ['before', ...names].toSorted())
    const published = await insist(url, 'POST', `/v1/config/${ref}/publish`, { changelog: 'after' })
    assert.equal(published.sequence, 2)
  })

  test('leaves keys and secrets whole, and nothing half done beside them', async (t) => {
    const { url, home } = await serveWithSmallHome(t)
    await insist(url, 'POST', '/v1/keys/initialize', {})
    await insist(url, 'POST', `/v1/config/${ref}/draft/add`, withSecret('hub', 'first'))
    const before = await contents(home)

    const filler = await fill(path.join(home, 'filler'))
    await addUntilRefused(url, 'during')
    const call = createCaller(url)
    const regenerated = await call('POST', '/v1/keys/initialize', { regenerate: true })
    const added = await call('POST', `/v1/config/${ref}/draft/add`, withSecret('forge', 'second'))

    for (const { status, body } of [regenerated, added])
      assert.ok(['500 write_failed', '503 store_unavailable'].includes(`${status} ${body.code}`), `${status}`)
    assert.deepEqual(await contents(home), before)

    await rm(filler)
    await isInOrderAgain(url)
    await insist(url, 'POST', '/v1/keys/initialize', { regenerate: true })
    await insist(url, 'POST', `/v1/config/${ref}/draft/add`, withSecret('forge', 'third'))
  })
})

describe('a full disk below the file of a client', () => {
  test('is write_failed, leaves the file as it was and nothing beside it, and is over once there is room', async (t) => {
    const folder = await createFolder(t)
    const { home, user } = await prepareGround(folder)
    const inside = path.join(user, '.cursor')
    const served = await serve({ home, user, ...withSmallDisk(inside, 1) })
    t.after(served.kill)
    const { url, child } = served
    const outside = seenFromOutside(child.pid ?? 0, inside)
    await insist(url, 'POST', '/v1/keys/initialize', {})
    await add(url, 'files', '/one')
    await insist(url, 'POST', `/v1/config/${ref}/publish`, {})
    await insist(url, 'POST', `/v1/config/${ref}/deploy`, {})
    const before = await readFile(path.join(outside, 'mcp.json'), 'utf8')
    await add(url, 'more', `/${'deep/'.repeat(1000)}`)
    await insist(url, 'POST', `/v1/config/${ref}/publish`, {})

    const filler = await fill(path.join(outside, 'filler'))
    const refused = await createCaller(url)('POST', `/v1/config/${ref}/deploy`, {})

    assert.equal(`${refused.status} ${refused.body.code}`, '500 write_failed')
    assert.equal(await readFile(path.join(outside, 'mcp.json'), 'utf8'), before)
    assert.deepEqual((await readdir(outside)).toSorted(), ['filler', 'mcp.json'])
    assert.equal(await deployedSequence(url), 1)

    await rm(filler)
    await insist(url, 'POST', `/v1/config/${ref}/deploy`, {})
    assert.match(await readFile(path.join(outside, 'mcp.json'), 'utf8'), /deep/)
    assert.equal(await deployedSequence(url), 2)
  })
})

/** `home` is where this process sees it. */
async function serveWithSmallHome(t: TestContext): Promise<{ readonly url: string; readonly home: string }> {
  const { home, user } = await prepareGround(await createFolder(t))
  const served = await serve({ home, user, ...withSmallDisk(home, 4) })
  t.after(served.kill)
  return { url: served.url, home: seenFromOutside(served.child.pid ?? 0, home) }
}

function withSecret(name: string, value: string): object {
  return { server_id: 'github', server_name: name, env_vars: { GITHUB_PERSONAL_ACCESS_TOKEN: value } }
}

/** Of every key and secret, by its name. */
async function contents(home: string): Promise<Readonly<Record<string, string>>> {
  const files = (
    await Promise.all(['keys', 'keys/trusted', 'secrets'].map((name) => filesIn(home, name)))
  ).flat()
  const texts = files.map(async (file) => [file, await readFile(path.join(home, file), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

async function filesIn(home: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(home, folder), { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name))
}

async function deployedSequence(url: string): Promise<unknown> {
  const { profiles } = await insist(url, 'GET', '/v1/clients/cursor/profiles')
  const [profile] = profiles as readonly { readonly deployment: { readonly sequence: number } | null }[]
  return profile?.deployment?.sequence
}
