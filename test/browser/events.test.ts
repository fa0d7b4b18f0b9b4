import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHttpTransport } from '../../src/http/transport.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { serveOtherOrigin, shareBrowser } from './fixture.ts'

const open = shareBrowser()

test('a page of another origin follows the events with fetch and a token, and resumes', async (t) => {
  const orchestrator = await createTestOrchestrator(t)
  const transport = createHttpTransport({ orchestrator, logger: false })
  t.after(() => transport.close())
  const url = await transport.listen({ port: 0 })
  const { token } = await orchestrator.tokens.generate()
  const origin = await serveOtherOrigin(t)
  const { page, complaints } = await open(t)
  await page.goto(origin)
  const begun = Promise.withResolvers<void>()
  await page.exposeFunction('begun', begun.resolve)

  /** Reads in the page until there is an event; answers all that it got by then. */
  const readUntilEvent = (headers: Readonly<Record<string, string>>) =>
    page.evaluate(
      async ([url, headers]) => {
        const response = await fetch(url, { headers })
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
        let text = ''
        while (!/^event: .*\ndata: .*\nid: .*\n\n/m.test(text)) {
          const { value = '', done } = (await reader?.read()) ?? { done: true }
          if (done) break
          text += value
          const fromTheTest = globalThis as unknown as { readonly begun: () => void }
          fromTheTest.begun()
        }
        await reader?.cancel()
        return text
      },
      [`${url}/events`, headers] as const,
    )

  const authorization = `Bearer ${token}`
  const reading = readUntilEvent({ authorization })
  await begun.promise
  const { draft } = await orchestrator.drafts.add(
    { clientId: 'cursor', profileId: 'default' },
    { serverId: 'memory' },
  )
  assert.match(
    await reading,
    new RegExp(`^event: draft_changed\\ndata: .*"server_count":1}\\nid: ${draft.revision}$`, 'm'),
  )
  const resumed = await readUntilEvent({ authorization, 'Last-Event-ID': String(draft.revision - 1) })
  assert.match(resumed, new RegExp(`^id: ${draft.revision}$`, 'm'))
  assert.deepEqual(complaints, [])
})
