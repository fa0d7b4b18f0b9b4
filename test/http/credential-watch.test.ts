import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCredentialWatch } from '../../src/http/access/credential-watch.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

test('what was begun with a token ends with it', async (t) => {
  const { tokens } = await createTestOrchestrator(t)
  const { record } = await tokens.generate()
  const ended = new Promise<void>((resolve) =>
    createCredentialWatch({ tokens }).whenEnded(record.id, resolve),
  )
  await tokens.revoke(record.id)
  await ended
})

test('the API key never ends, and waiting for that asks nobody', () => {
  const whenEnded = () => assert.fail('The tokens were asked.')
  const stop = createCredentialWatch({ tokens: { whenEnded } as never }).whenEnded('api_key', assert.fail)
  stop()
})
