import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import type { AddInput } from '../../src/drafts/drafts.ts'
import { OrchestrationError } from '../../src/errors.ts'
import type { Secrets } from '../../src/secrets/secrets.ts'
import type { Change, Store } from '../../src/store/store.ts'
import { createRoom, type Room, ref } from './room.ts'

const tokenName = 'cursor/default/acme-notes/NOTES_TOKEN'
const pinName = 'cursor/default/acme-notes/NOTES_PIN'
const mine: AddInput = { serverId: 'acme-notes', envVars: { NOTES_TOKEN: 'my token', NOTES_PIN: 'my pin' } }
const yours: AddInput = { serverId: 'acme-notes', envVars: { NOTES_TOKEN: 'your token' } }
const byReference: AddInput = { serverId: 'acme-notes', envVars: { NOTES_TOKEN: '${env:NOTES_TOKEN}' } }

describe('a commit that is overtaken', () => {
  test('by a server of the same name leaves the vault as it was', async (context) => {
    const room = await createRoom(context)
    await room.secrets.put(tokenName, 'of a release')
    const store = overtaken(room.store, async () => void (await room.drafts.add(ref, byReference)))

    await assert.rejects(room.beside({ store }).add(ref, mine), { code: 'server_already_in_draft' })

    assert.equal(await room.secrets.get(tokenName), 'of a release')
    assert.equal(await room.secrets.get(pinName), undefined)
    await assertUnclaimed(room)
  })

  test('by another change of the draft is tried again, and both are there', async (context) => {
    const room = await createRoom(context)
    const store = overtaken(
      room.store,
      async () => void (await room.drafts.add(ref, { serverId: 'acme-docs' })),
    )

    const { draft } = await room.beside({ store }).add(ref, mine)

    assert.deepEqual(Object.keys(draft.payload.mcpServers), ['acme-docs', 'acme-notes'])
    assert.equal(await room.secrets.get(tokenName), 'my token')
    await assertUnclaimed(room)
  })
})

describe('two processes that add the same name', () => {
  test('the second is refused while the first is at it, and the vault holds what the first gave', async (context) => {
    const room = await createRoom(context)
    const other = room.beside()
    const store = overtaken(room.store, () =>
      assert.rejects(other.add(ref, yours), {
        code: 'server_already_in_draft',
        message: /^"acme-notes" is being added to the draft of cursor\/default right now/,
      }),
    )

    await room.beside({ store }).add(ref, mine)

    assert.equal(await room.secrets.get(tokenName), 'my token')
  })

  test('who finds the name claimed since its look is refused without touching the vault', async (context) => {
    const room = await createRoom(context)
    const claim = { 'draft-claims/cursor/default/acme-notes': '2026-11-22T10:00:30.000Z' }
    const store = overtaken(
      room.store,
      async () => void (await room.store.commit({ put: claim })),
      'draft-claims/',
    )

    await assert.rejects(room.beside({ store }).add(ref, mine), { message: /is being added/ })

    assert.deepEqual(await room.vault(), [])
    assert.equal((await room.store.list('draft-claims/')).length, 1)
  })

  test('a server that came between the look and the claim is refused without touching the vault', async (context) => {
    const room = await createRoom(context)
    const store = overtaken(
      room.store,
      async () => void (await room.drafts.add(ref, byReference)),
      'draft-claims/',
    )
    const secrets = watched(room.secrets)

    await assert.rejects(room.beside({ store, secrets }).add(ref, mine), { code: 'server_already_in_draft' })

    assert.deepEqual(secrets.changes, [])
    await assertUnclaimed(room)
  })

  test('the winner of each of twenty races has its own secret in the vault', async (context) => {
    const room = await createRoom(context, 'sqlite')

    const said = await Promise.all(['a', 'b', 'c'].map((letter) => addInProcess(room.home, letter, 20)))

    const { mcpServers } = (await room.drafts.view(ref)).payload
    assert.equal(Object.keys(mcpServers).length, 20)
    for (const name of Object.keys(mcpServers)) {
      const winners = ['a', 'b', 'c'].filter((_, index) => said[index]?.includes(name))
      assert.equal(winners.length, 1, `${name} was added once`)
      assert.equal(await room.secrets.get(`cursor/default/${name}/NOTES_TOKEN`), winners[0])
    }
  })
})

describe('what a crash leaves behind', () => {
  test('the name is free again after half a minute, and no sooner', async (context) => {
    const room = await createRoom(context)
    const reached = Promise.withResolvers<void>()
    const store = overtaken(room.store, () => {
      reached.resolve()
      return new Promise(() => undefined)
    })
    void room.beside({ store }).add(ref, mine)
    await reached.promise

    room.wait(29)
    await assert.rejects(room.drafts.add(ref, yours), { code: 'server_already_in_draft' })
    room.wait(1)
    await room.drafts.add(ref, yours)

    assert.equal(await room.secrets.get(tokenName), 'your token')
    await assertUnclaimed(room)
  })

  test('who was away for longer than that leaves everything to who came after', async (context) => {
    const room = await createRoom(context)
    const store = overtaken(room.store, async () => {
      room.wait(60)
      await room.drafts.add(ref, yours)
      await room.drafts.remove(ref, 'acme-notes')
    })

    await assert.rejects(room.beside({ store }).add(ref, mine), { code: 'server_already_in_draft' })

    assert.equal(await room.secrets.get(tokenName), 'your token')
    assert.deepEqual((await room.drafts.view(ref)).payload.mcpServers, {})
  })

  test('a claim that is no time is none', async (context) => {
    const room = await createRoom(context)
    await room.store.commit({ put: { 'draft-claims/cursor/default/acme-notes': { until: 'for ever' } } })

    await room.drafts.add(ref, mine)

    assert.equal(await room.secrets.get(tokenName), 'my token')
  })
})

describe('trouble on the way', () => {
  test('a vault that takes only the first secret gets its former one back, and the server is not added', async (context) => {
    const room = await createRoom(context)
    await room.secrets.put(tokenName, 'of a release')
    const full = new OrchestrationError('write_failed', 'The disk is full.')
    const secrets: Secrets = {
      ...room.secrets,
      put: async (name, value) => {
        if (name === pinName) throw full
        await room.secrets.put(name, value)
      },
    }

    await assert.rejects(room.beside({ secrets }).add(ref, mine), full)

    assert.equal(await room.secrets.get(tokenName), 'of a release')
    assert.equal(await room.drafts.find(ref), undefined)
    await assertUnclaimed(room)
  })

  test('a store that takes no commit and answers no question gives the vault back all the same', async (context) => {
    const room = await createRoom(context)
    await room.secrets.put(tokenName, 'of a release')
    const gone = new OrchestrationError('store_unavailable', 'The store is gone.')
    let isGone = false
    const store: Store = {
      ...room.store,
      get: async (key) => (isGone ? Promise.reject(gone) : room.store.get(key)),
      commit: async (change) => {
        isGone ||= touches(change, 'drafts/')
        return isGone ? Promise.reject(gone) : room.store.commit(change)
      },
    }

    await assert.rejects(room.beside({ store }).add(ref, mine), gone)

    assert.equal(await room.secrets.get(tokenName), 'of a release')
    assert.equal(await room.secrets.get(pinName), undefined)
  })

  test('a commit that went through though its answer was lost keeps its secrets', async (context) => {
    const room = await createRoom(context)
    const lost = new OrchestrationError('store_unavailable', 'The connection was lost.')
    const store: Store = {
      ...room.store,
      commit: async (change) => {
        const outcome = await room.store.commit(change)
        return touches(change, 'drafts/') ? Promise.reject(lost) : outcome
      },
    }

    await assert.rejects(room.beside({ store }).add(ref, mine), lost)

    assert.deepEqual(Object.keys((await room.drafts.view(ref)).payload.mcpServers), ['acme-notes'])
    assert.equal(await room.secrets.get(tokenName), 'my token')
  })
})

test('the secrets are in the vault before the draft refers to them', async (context) => {
  const room = await createRoom(context)
  const held: (string | undefined)[] = []
  const store = overtaken(room.store, async () => void held.push(await room.secrets.get(tokenName)))

  await room.beside({ store }).add(ref, mine)

  assert.deepEqual(held, ['my token'])
})

test('a server without secrets needs no claim', async (context) => {
  const room = await createRoom(context)

  const { draft } = await room.drafts.add(ref, byReference)

  assert.equal(draft.revision, 1)
  assert.equal(await room.store.revision(), 1)
})

/** A store on which something happens right before the first commit that puts such a key. */
function overtaken(store: Store, happen: () => Promise<void>, prefix = 'drafts/'): Store {
  let isPending = true
  return {
    ...store,
    commit: async (change) => {
      if (isPending && touches(change, prefix)) {
        isPending = false
        await happen()
      }
      return await store.commit(change)
    },
  }
}

function touches({ put = {} }: Change, prefix: string): boolean {
  return Object.keys(put).some((key) => key.startsWith(prefix))
}

function watched(secrets: Secrets): Secrets & { readonly changes: string[] } {
  const changes: string[] = []
  return {
    changes,
    get: secrets.get,
    put: async (name, value) => {
      changes.push(name)
      await secrets.put(name, value)
    },
    delete: async (name) => {
      changes.push(name)
      await secrets.delete(name)
    },
  }
}

async function assertUnclaimed({ store }: Room): Promise<void> {
  assert.deepEqual(await store.list('draft-claims/'), [])
}

/** Adds server-0, server-1, … with the letter as their secret; answers the names that it could add. */
async function addInProcess(home: string, letter: string, count: number): Promise<readonly string[]> {
  const script = `
    import { openRoom, ref } from ${JSON.stringify(new URL('./room.ts', import.meta.url))}
    const { drafts, store } = openRoom(${JSON.stringify(home)}, 'sqlite')
    const added = []
    for (let number = 0; number < ${count}; number += 1) {
      const input = { serverId: 'acme-notes', serverName: 'server-' + number, envVars: { NOTES_TOKEN: '${letter}' } }
      await drafts.add(ref, input).then(
        ({ serverName }) => added.push(serverName),
        (error) => { if (error.code !== 'server_already_in_draft') throw error },
      )
    }
    await store.close()
    console.log(JSON.stringify(added))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(output)
}
