import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalogue } from '../../src/servers/catalogue.ts'
import type { JsonObject } from '../../src/vocabulary.ts'
import { createRoom, ref } from './room.ts'

test('each built-in server, added as its example says, validates without a finding', async (context) => {
  const { drafts } = await createRoom(context)
  const builtin = await createCatalogue({ userFolder: '/nowhere' }).list()
  for (const { serverId, usageExample } of builtin) {
    await drafts.add(ref, {
      serverId,
      params: (usageExample.params ?? {}) as JsonObject,
      envVars: (usageExample.env_vars ?? {}) as JsonObject,
    })
  }

  const { errors, warnings, serverCount } = await drafts.validate(ref)

  assert.deepEqual([...errors, ...warnings], [])
  assert.ok(serverCount >= 30)
})
