import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import { eventually } from '../support/eventually.ts'
import { createCaller } from './caller.ts'
import { plainNames } from './journal.ts'
import { apiKey, isReady } from './served.ts'

export const ref = 'cursor/default'

/** Writes until there is no room left; answers the file, whose removal makes room again. */
export async function fill(file: string): Promise<string> {
  await using handle = await open(file, 'w')
  const chunk = Buffer.alloc(4096)
  const writes = async () => {
    for (;;) await handle.write(chunk)
  }
  await assert.rejects(writes(), { code: 'ENOSPC' })
  return file
}

export async function insist(url: string, method: string, where: string, body?: object) {
  const answer = await createCaller(url)(method, where, body)
  assert.equal(answer.status, 200, `${method} ${where}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A server in the draft, whether or not it was there. */
export async function add(url: string, name: string, folder: string) {
  const body = { server_id: 'filesystem', server_name: name, params: { path: [folder] } }
  return await createCaller(url)('POST', `/v1/config/${ref}/draft/add`, body)
}

/** Adds one server after the other until one is refused; answers those that were acknowledged, and the refusal. */
export async function addUntilRefused(url: string, prefix: string) {
  const names: string[] = []
  for (;;) {
    const name = `${prefix}-${names.length}`
    const answer = await add(url, name, `/${'deep/'.repeat(200)}`)
    if (answer.status !== 200) return { names, refusal: answer }
    names.push(name)
    assert.ok(names.length < 2_000, 'the disk is never full')
  }
}

export async function draftNames(url: string): Promise<readonly string[]> {
  const { servers } = await insist(url, 'GET', `/v1/config/${ref}/draft`)
  return (servers as readonly string[]).toSorted()
}

/** What is said of a store that can't take a change now: to a caller, to whoever asks whether it is ready, and whether it lives. */
export async function isOutOfOrder(url: string): Promise<void> {
  const headers = { 'x-api-key': apiKey }
  const changing = fetch(`${url}/v1/config/${ref}/draft`, { method: 'DELETE', headers })
  await eventually(async () => assert.equal(await isReady(url), false))
  assert.equal((await fetch(`${url}/health`)).status, 200)
  const change = await changing
  assert.equal(change.status, 503)
  assert.equal(((await change.json()) as { readonly code: string }).code, 'store_unavailable')
  assert.equal(change.headers.get('retry-after'), '1')
}

/** Without a restart: it is the same process. */
export async function isInOrderAgain(url: string): Promise<void> {
  await eventually(async () => assert.equal(await isReady(url), true))
  assert.equal((await add(url, plainNames[0], '/back')).status, 200)
  await insist(url, 'POST', `/v1/config/${ref}/draft/remove`, { server_name: plainNames[0] })
}
