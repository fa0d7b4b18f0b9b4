import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { createHttpTransport } from '../../src/http/transport.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { createSandbox } from '../support/sandbox.ts'
import { createFixture } from './fixture-server.ts'
import { type Report, requiredScenarios, runSuite } from './suite.ts'

/** Scenarios that a revision doesn't require, for they are younger or were not finished, and that hold nevertheless. */
const revisions = {
  '2025-11-25': {
    required: 30,
    beyond: ['server-session-lifecycle', 'json-schema-2020-12', 'server-sse-polling'],
  },
  '2026-07-28': {
    required: 37,
    beyond: ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation'],
  },
}

describe('the official conformance suite', () => {
  for (const [revision, { required, beyond }] of Object.entries(revisions)) {
    test(`holds in revision ${revision}, each request with a token`, async (context) => {
      const { url, token } = await serveFixture(context)
      const selection = ['--requirements', revision]
      const report = await runSuite(await createSandbox(context), { url, selection, token })
      const scenarios = await requiredScenarios(revision)
      for (const scenario of [...scenarios, ...beyond])
        await context.test(scenario, () => assertPassed(report, scenario))

      await context.test(`${required} of ${required}, and nothing else decides`, () => {
        const passed = scenarios.filter((scenario) => offencesOf(report, scenario).length === 0)
        assert.equal(passed.length, required)
        assert.equal(new Set(scenarios).size, required)
        assert.equal(report.code, 0, report.stdout + report.stderr)
      })
    })
  }

  test('scores nothing without a token', async (context) => {
    const { url } = await serveFixture(context)
    const selection = ['--scenario', 'tools-list', '--spec-version', '2026-07-28']
    const { code, checks } = await runSuite(await createSandbox(context), { url, selection })
    assert.equal(code, 1)
    const statuses = (checks.get('tools-list') ?? []).map(({ status }) => status)
    assert.deepEqual([...new Set(statuses)], ['FAILURE'])
  })
})

/** The fixture behind the product's own HTTP layer, as a host would serve it. */
async function serveFixture(context: TestContext) {
  const orchestrator = await createTestOrchestrator(context)
  const { token } = await orchestrator.tokens.generate({ name: 'suite' })
  const mcpEvents = new InMemoryServerEventBus()
  const transport = createHttpTransport({
    orchestrator,
    mcpServer: createFixture(mcpEvents),
    mcpEvents,
    logger: false,
  })
  context.after(() => transport.close())
  return { url: `${await transport.listen({ port: 0 })}/mcp`, token }
}

function assertPassed(report: Report, scenario: string): void {
  assert.deepEqual(offencesOf(report, scenario), [])
}

/** The suite lets warnings and skipped checks pass; here they count as failed, and so does a scenario that checked nothing. */
function offencesOf({ checks }: Report, scenario: string): readonly string[] {
  const all = checks.get(scenario) ?? []
  if (!all.some(({ status }) => status === 'SUCCESS')) return ['Nothing succeeded.']
  return all
    .filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO')
    .map(({ id, status, errorMessage }) => `${status} ${id}: ${errorMessage}`)
}
