import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AddInput } from '../../src/drafts/drafts.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { JsonValue, Limits, ProfileRef } from '../../src/vocabulary.ts'
import { createRoom, type Room, ref } from './room.ts'

const notes = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', 'acme-notes-mcp', '--dir', '/notes'],
  env: {},
}
const docs = { type: 'sse', url: 'https://docs.example.com/sse', headers: {} }
const notARef = [
  '',
  '.',
  '..',
  '../x',
  'a/b',
  'A',
  'a b',
  'a\0',
  '%2e%2e',
  '__proto__',
  'dеv',
  'a'.repeat(65),
  'a\n',
]

describe('a draft that nobody has begun', () => {
  test('it is seen empty, and looking makes none', async (context) => {
    const { drafts, store } = await createRoom(context)

    assert.deepEqual(await drafts.view(ref), {
      ...ref,
      payload: { mcpServers: {} },
      revision: 0,
      updatedAt: null,
    })
    assert.equal(await drafts.find(ref), undefined)
    assert.equal(await store.revision(), 0)
  })

  test('clearing it makes none', async (context) => {
    const { drafts, store } = await createRoom(context)

    const cleared = await drafts.clear(ref)

    const draft = await drafts.view(ref)
    assert.deepEqual(cleared, { previousCount: 0, draft, before: draft })
    assert.equal(cleared.draft.revision, 0)
    assert.equal(await store.revision(), 0)
  })

  test('it cannot be validated', async (context) => {
    const { drafts } = await createRoom(context)

    await assert.rejects(drafts.validate(ref), {
      code: 'profile_not_found',
      message: 'cursor has no draft "default". Add a server to begin one.',
    })
  })
})

describe('adding', () => {
  test('the server stands in the draft, under its id, from then on', async (context) => {
    const { drafts, store } = await createRoom(context)

    const added = await drafts.add(ref, { serverId: 'acme-notes' })

    assert.equal(added.serverName, 'acme-notes')
    assert.deepEqual(added.draft, {
      ...ref,
      payload: { mcpServers: { 'acme-notes': notes } },
      revision: await store.revision(),
      updatedAt: '2026-11-22T10:00:00.000Z',
    })
    assert.deepEqual(await drafts.view(ref), added.draft)
    assert.deepEqual(await drafts.find(ref), added.draft)
  })

  test('servers stand in the order in which they came', async (context) => {
    const { drafts } = await createRoom(context)

    await drafts.add(ref, { serverId: 'acme-notes', serverName: 'z' })
    const { draft } = await drafts.add(ref, { serverId: 'acme-docs', serverName: 'a' })

    assert.deepEqual(Object.entries(draft.payload.mcpServers), [
      ['z', notes],
      ['a', docs],
    ])
  })

  test('drafts of other profiles and clients are others', async (context) => {
    const { drafts } = await createRoom(context)

    await drafts.add(ref, { serverId: 'acme-docs' })

    assert.equal((await drafts.view({ ...ref, profileId: 'dev' })).revision, 0)
    assert.equal((await drafts.view({ ...ref, clientId: 'zed' })).revision, 0)
  })

  test('a secret goes into the vault, and nothing of it into the store', async (context) => {
    const { drafts, secrets, store } = await createRoom(context)

    const { draft } = await drafts.add(ref, withToken('hunter2'))

    assert.deepEqual(draft.payload.mcpServers['acme-notes'], {
      ...notes,
      env: { NOTES_TOKEN: '${secret:cursor/default/acme-notes/NOTES_TOKEN}' },
    })
    assert.equal(await secrets.get('cursor/default/acme-notes/NOTES_TOKEN'), 'hunter2')
    assert.doesNotMatch(JSON.stringify(await store.list('')), /hunter2/)
  })

  test('the same server under two names has two secrets', async (context) => {
    const { drafts, secrets } = await createRoom(context)

    await drafts.add(ref, { ...withToken('of mine'), serverName: 'mine' })
    await drafts.add(ref, { ...withToken('of yours'), serverName: 'yours' })

    assert.equal(await secrets.get('cursor/default/mine/NOTES_TOKEN'), 'of mine')
    assert.equal(await secrets.get('cursor/default/yours/NOTES_TOKEN'), 'of yours')
  })

  test('a reference is kept as it was given, and the vault stays empty', async (context) => {
    const { drafts, vault } = await createRoom(context)

    const { draft } = await drafts.add(ref, withToken('${env:NOTES_TOKEN}'))

    assert.deepEqual(draft.payload.mcpServers['acme-notes'], {
      ...notes,
      env: { NOTES_TOKEN: '${env:NOTES_TOKEN}' },
    })
    assert.deepEqual(await vault(), [])
  })

  test('a name that every object inherits is a name like any other', async (context) => {
    const { drafts } = await createRoom(context)

    const { draft } = await drafts.add(ref, { serverId: 'acme-docs', serverName: 'toString' })

    assert.deepEqual(Object.keys(draft.payload.mcpServers), ['toString'])
  })

  for (const store of ['memory', 'sqlite'] as const) {
    test(`of 100 at once into one draft none is lost: ${store}`, async (context) => {
      const { drafts, secrets } = await createRoom(context, store)
      const names = Array.from({ length: 100 }, (_, number) => `server-${number}`).sort()

      const added = await Promise.all(
        names.map((serverName) => drafts.add(ref, { ...withToken(`of ${serverName}`), serverName })),
      )

      const draft = await drafts.view(ref)
      const revisions = new Set(added.map((each) => each.draft.revision))
      assert.deepEqual(Object.keys(draft.payload.mcpServers).sort(), names)
      assert.equal(revisions.size, 100)
      assert.equal(draft.revision, Math.max(...revisions))
      for (const name of names) {
        assert.equal(await secrets.get(`cursor/default/${name}/NOTES_TOKEN`), `of ${name}`)
      }
    })
  }

  const refused: readonly {
    readonly what: string
    readonly ref?: ProfileRef
    readonly input: AddInput
    readonly expectedRevision?: number
    readonly error: {
      code: ErrorCode
      message?: RegExp
      errors?: readonly { pointer: string; code: string }[]
    }
  }[] = [
    {
      what: 'to a client that there is none of',
      ref: { ...ref, clientId: '../cursor' },
      input: withToken('new'),
      error: { code: 'client_not_found' },
    },
    ...notARef.map((profileId) => ({
      what: `to a profile called ${JSON.stringify(profileId.slice(0, 20))}`,
      ref: { ...ref, profileId },
      input: withToken('new'),
      error: {
        code: 'invalid_request' as const,
        message: /can't be a profile's id: use 1 to 64/,
        errors: [{ code: 'invalid_value', pointer: '/profile_id' }],
      },
    })),
    {
      what: 'of a server that there is none of',
      input: { serverId: 'acme-none' },
      error: { code: 'server_not_found', message: /"acme-none"/ },
    },
    ...['', 'a b', '__proto__', 'prototype', 'a/b', 'a\0', 'n'.repeat(65)].map((serverName) => ({
      what: `under the name ${JSON.stringify(serverName.slice(0, 20))}`,
      input: { ...withToken('new'), serverName },
      error: {
        code: 'invalid_request' as const,
        message: /can't be a server's name/,
        errors: [{ code: 'invalid_value', pointer: '/server_name' }],
      },
    })),
    {
      what: 'of a server whose id is no name',
      input: { serverId: 'constructor' },
      error: {
        code: 'invalid_request',
        message: /^"constructor" can't be/,
        errors: [{ code: 'invalid_value', pointer: '/server_name' }],
      },
    },
    {
      what: 'with a parameter that the server has none of',
      input: { ...withToken('new'), serverName: 'new', params: { colour: 'red' } },
      error: {
        code: 'validation_failed',
        message: /^"acme-notes" was not added: .*"colour"/,
        errors: [{ code: 'unknown_parameter', pointer: '/params/colour' }],
      },
    },
    {
      what: 'with two mistakes',
      input: { ...withToken('new'), serverName: 'new', params: { colour: 'red', dir: 5 } },
      error: {
        code: 'validation_failed',
        message: /\(and 1 more\)$/,
        errors: [
          { code: 'unknown_parameter', pointer: '/params/colour' },
          { code: 'invalid_parameter', pointer: '/params/dir' },
        ],
      },
    },
    {
      what: 'under a name that is taken',
      input: withToken('new'),
      error: {
        code: 'server_already_in_draft',
        message: /^"acme-notes" is in the draft of cursor\/default already\. Remove it first/,
      },
    },
    {
      what: 'to a draft that has changed',
      input: { ...withToken('new'), serverName: 'new' },
      expectedRevision: 1,
      error: { code: 'precondition_failed' },
    },
  ]
  for (const { what, error, input, expectedRevision, ...row } of refused) {
    test(`refused, and nothing has changed: ${what}`, async (context) => {
      const room = await createRoom(context)
      await room.drafts.add(ref, withToken('old'))
      const before = await stateOf(room)
      const expectation = expectedRevision === undefined ? {} : { expectedRevision }

      await assert.rejects(
        room.drafts.add(row.ref ?? ref, input, expectation),
        (thrown: typeof error & { message: string }) => {
          assert.equal(thrown.code, error.code)
          assert.match(thrown.message, error.message ?? /./)
          const errors = thrown.errors?.map(({ code, pointer }) => ({ code, pointer }))
          assert.deepEqual(
            errors?.sort((a, b) => (a.pointer < b.pointer ? -1 : 1)),
            error.errors,
          )
          return true
        },
      )

      assert.deepEqual(await stateOf(room), before)
    })
  }

  test('a long name is not repeated at its full length', async (context) => {
    const { drafts } = await createRoom(context)

    await assert.rejects(
      drafts.add(ref, { serverId: 'acme-docs', serverName: 'n'.repeat(10_000) }),
      (error: Error) => error.message.length < 300,
    )
  })
})

describe('removing', () => {
  test('the server is gone and the others stay in their order', async (context) => {
    const { drafts, wait } = await createRoom(context)
    for (const serverName of ['c', 'b', 'a']) await drafts.add(ref, { serverId: 'acme-docs', serverName })
    wait(60)

    const { draft, before } = await drafts.remove(ref, 'b')

    assert.deepEqual(Object.keys(draft.payload.mcpServers), ['c', 'a'])
    assert.equal(draft.updatedAt, '2026-11-22T10:01:00.000Z')
    assert.deepEqual(await drafts.view(ref), draft)
    assert.deepEqual(Object.keys(before.payload.mcpServers), ['c', 'b', 'a'])
  })

  test('its secret stays for the releases that refer to it', async (context) => {
    const { drafts, secrets } = await createRoom(context)
    await drafts.add(ref, withToken('hunter2'))

    await drafts.remove(ref, 'acme-notes')

    assert.equal(await secrets.get('cursor/default/acme-notes/NOTES_TOKEN'), 'hunter2')
  })

  for (const name of ['none', 'toString', '__proto__', '', 'acme-docs ']) {
    test(`a server that is not there is refused, and what is there named: ${JSON.stringify(name)}`, async (context) => {
      const room = await createRoom(context)
      await room.drafts.add(ref, { serverId: 'acme-docs' })
      await room.drafts.add(ref, { serverId: 'acme-notes' })
      const before = await stateOf(room)

      await assert.rejects(room.drafts.remove(ref, name), {
        code: 'server_not_in_draft',
        message: `${JSON.stringify(name)} is not in the draft of cursor/default. In it are: "acme-docs", "acme-notes".`,
      })

      assert.deepEqual(await stateOf(room), before)
    })
  }

  test('of many servers not all are named', async (context) => {
    const { drafts } = await createRoom(context)
    const names = Array.from({ length: 23 }, (_, number) => `s${number}`)
    for (const serverName of names) await drafts.add(ref, { serverId: 'acme-docs', serverName })

    await assert.rejects(drafts.remove(ref, 'none'), { message: /"s19" and 3 more\.$/ })
  })

  test('from a draft that nobody has begun is refused, and makes none', async (context) => {
    const { drafts, store } = await createRoom(context)

    await assert.rejects(drafts.remove(ref, 'acme-docs'), { message: /It is empty\.$/ })

    assert.equal(await store.revision(), 0)
  })
})

describe('clearing', () => {
  test('all servers are gone, and the empty draft is there', async (context) => {
    const { drafts, store } = await createRoom(context)
    await drafts.add(ref, { serverId: 'acme-docs' })
    await drafts.add(ref, { serverId: 'acme-notes' })

    const { previousCount, draft } = await drafts.clear(ref)

    assert.equal(previousCount, 2)
    assert.deepEqual(draft.payload, { mcpServers: {} })
    assert.equal(draft.revision, await store.revision())
    assert.deepEqual(await drafts.find(ref), draft)
  })

  test('an empty draft stays at its revision', async (context) => {
    const { drafts } = await createRoom(context)
    await drafts.add(ref, { serverId: 'acme-docs' })
    const { draft } = await drafts.clear(ref)

    assert.deepEqual(await drafts.clear(ref), { previousCount: 0, draft, before: draft })
  })
})

describe('the expected revision', () => {
  test('a draft at another one is left as it is, and the sentence says at which it is', async (context) => {
    const room = await createRoom(context)
    const { draft } = await room.drafts.add(ref, { serverId: 'acme-docs' })
    const refusal = {
      code: 'precondition_failed',
      message: `The draft of cursor/default is at revision ${draft.revision}, not 0. View it, then try again with revision ${draft.revision}.`,
    }
    const before = await stateOf(room)

    await assert.rejects(room.drafts.remove(ref, 'acme-docs', { expectedRevision: 0 }), refusal)
    await assert.rejects(room.drafts.clear(ref, { expectedRevision: 0 }), refusal)
    await assert.rejects(room.drafts.add(ref, { serverId: 'acme-notes' }, { expectedRevision: 0 }), refusal)

    assert.deepEqual(await stateOf(room), before)
  })

  test('the right one lets each change through', async (context) => {
    const { drafts } = await createRoom(context)

    const added = await drafts.add(ref, { serverId: 'acme-docs' }, { expectedRevision: 0 })
    const { draft: removed } = await drafts.remove(ref, 'acme-docs', {
      expectedRevision: added.draft.revision,
    })
    const cleared = await drafts.clear(ref, { expectedRevision: removed.revision })

    assert.equal(cleared.draft.revision, removed.revision)
  })
})

describe('validating', () => {
  test('a sound draft is valid, and the answer says what was looked at', async (context) => {
    const { drafts, wait } = await createRoom(context)
    await drafts.add(ref, { serverId: 'acme-docs' })
    const { draft } = await drafts.add(ref, { serverId: 'acme-notes' })
    wait(1)

    assert.deepEqual(await drafts.validate(ref), {
      valid: true,
      errors: [],
      warnings: [],
      serverCount: 2,
      validatedAt: '2026-11-22T10:00:01.000Z',
      draft,
    })
  })

  test('an error makes it invalid and a warning does not', async (context) => {
    const { drafts } = await createRoom(context)
    const zed = { ...ref, clientId: 'zed' }
    const warned = { serverId: 'acme-notes', envVars: { NOTES_TEAM: '' } }
    await drafts.add(ref, warned)
    await drafts.add(zed, warned)
    await drafts.add(zed, { serverId: 'acme-docs' })

    const [valid, invalid] = [await drafts.validate(ref), await drafts.validate(zed)]

    assert.deepEqual([valid.valid, invalid.valid], [true, false])
    assert.deepEqual(
      valid.warnings.map(({ code }) => code),
      ['empty_env_var'],
    )
    assert.deepEqual(
      invalid.warnings.map(({ code }) => code),
      ['empty_env_var'],
    )
    assert.deepEqual(
      invalid.errors.map(({ code, severity, pointer, serverName }) => ({
        code,
        severity,
        pointer,
        serverName,
      })),
      [
        {
          code: 'unsupported_transport',
          severity: 'error',
          pointer: '/mcpServers/acme-docs/type',
          serverName: 'acme-docs',
        },
      ],
    )
  })

  test('a package is known by the catalogue, the user servers included', async (context) => {
    const room = await createRoom(context)
    const entry = (name: string) => ({ ...notes, args: ['-y', name] })
    await putDraft(room, { mcpServers: { known: entry('acme-notes-mcp'), unknown: entry('acme-note-mcp') } })

    const { warnings } = await room.drafts.validate(ref)

    assert.deepEqual(
      warnings.map(({ code, pointer }) => `${code} ${pointer}`),
      ['unknown_package /mcpServers/unknown/args/1'],
    )
  })

  test('servers that somebody put into the store by hand are answered with findings', async (context) => {
    const room = await createRoom(context)
    await putDraft(room, { mcpServers: JSON.parse('{"__proto__":{"type":"stdio"},"x":null}') })

    const { errors, serverCount } = await room.drafts.validate(ref)

    assert.equal(serverCount, 2)
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['invalid_server_name', 'missing_command', 'invalid_args', 'invalid_env', 'unsupported_transport'],
    )
  })
})

describe('listing', () => {
  test('the drafts of the client are listed by profile, page by page', async (context) => {
    const { drafts, wait } = await createRoom(context)
    for (const profileId of ['work', 'default', 'dev']) {
      await drafts.add({ ...ref, profileId }, { serverId: 'acme-docs' })
      wait(1)
    }
    await drafts.add({ ...ref, clientId: 'zed' }, { serverId: 'acme-docs' })

    assert.deepEqual(await drafts.list('cursor'), [
      { profileId: 'default', updatedAt: '2026-11-22T10:00:01.000Z' },
      { profileId: 'dev', updatedAt: '2026-11-22T10:00:02.000Z' },
      { profileId: 'work', updatedAt: '2026-11-22T10:00:00.000Z' },
    ])
    const page = await drafts.list('cursor', { after: 'default', limit: 1 })
    assert.deepEqual(
      page.map(({ profileId }) => profileId),
      ['dev'],
    )
    const named = await drafts.list('cursor', { only: ['work', 'gone', 'default'], limit: 1 })
    assert.deepEqual(
      named.map(({ profileId }) => profileId),
      ['default'],
    )
  })

  test('the profiles that have a draft are known without reading one, within limits', async (context) => {
    const { drafts, store } = await createRoom(context)
    const keys = ['cursor/default', 'cursor/work', 'cursor/work-2', 'cursors/work', 'zed/default', 'zed/work']
    await store.commit({ put: Object.fromEntries(keys.map((key) => [`drafts/${key}`, 'no draft'])) })
    assert.deepEqual(await drafts.names(null), keys)
    assert.deepEqual(await drafts.names({ clients: ['cursor'], profiles: [] }), keys.slice(0, 3))
    const some: Limits = { clients: ['zed'], profiles: ['cursor/work', 'cursor/wor', 'kiro/work'] }
    assert.deepEqual(await drafts.names(some), ['zed/default', 'zed/work', 'cursor/work'])
  })

  test('a client that there is none of is refused', async (context) => {
    const { drafts } = await createRoom(context)

    await assert.rejects(drafts.list('emacs'), { code: 'client_not_found' })
  })
})

describe('a damaged draft', () => {
  for (const value of [
    null,
    5,
    [],
    {},
    { updatedAt: '2026-11-22T10:00:00Z' },
    { mcpServers: {}, updatedAt: 5 },
    { mcpServers: [], updatedAt: '' },
  ] as const) {
    test(`it is internal_error, it stays, and it is listed: ${JSON.stringify(value)}`, async (context) => {
      const room = await createRoom(context)
      await room.store.commit({ put: { 'drafts/cursor/default': value as JsonValue } })
      const refusal = { code: 'internal_error', message: /drafts\/cursor\/default is no draft/ }

      await assert.rejects(room.drafts.view(ref), refusal)
      await assert.rejects(room.drafts.add(ref, withToken('new')), refusal)
      await assert.rejects(room.drafts.clear(ref), refusal)
      await assert.rejects(room.drafts.validate(ref), refusal)

      assert.equal(await room.store.revision(), 1)
      assert.deepEqual(await room.vault(), [])
      assert.deepEqual(
        (await room.drafts.list('cursor')).map(({ profileId }) => profileId),
        ['default'],
      )
    })
  }
})

test('each use of a profile whose id is none is refused', async (context) => {
  const { drafts } = await createRoom(context)
  const bad = { ...ref, profileId: '..' }

  for (const use of [
    () => drafts.view(bad),
    () => drafts.find(bad),
    () => drafts.remove(bad, 'acme-docs'),
    () => drafts.clear(bad),
    () => drafts.validate(bad),
  ]) {
    await assert.rejects(use, { code: 'invalid_request' })
  }
})

function withToken(token: string): AddInput {
  return { serverId: 'acme-notes', envVars: { NOTES_TOKEN: token } }
}

async function putDraft({ store }: Room, value: { readonly mcpServers: JsonValue }): Promise<void> {
  await store.commit({
    put: { 'drafts/cursor/default': { ...value, updatedAt: '2026-11-22T10:00:00.000Z' } },
  })
}

/** Everything that a refusal must leave alone. */
async function stateOf({ store, vault, secrets }: Room) {
  return {
    revision: await store.revision(),
    entries: await store.list(''),
    vault: await vault(),
    secret: await secrets.get('cursor/default/acme-notes/NOTES_TOKEN'),
  }
}
