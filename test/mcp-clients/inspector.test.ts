import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createSandbox, type Outcome, watch } from '../support/sandbox.ts'
import { type ServedMcp, serveMcp } from './served-mcp.ts'
import { assertUsable, type Caller, impatient } from './use.ts'

const program = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    import.meta.url,
  ),
)

for (const [era, revisions] of [
  ['legacy', [undefined, '2025-11-25']],
  ['modern', ['2026-07-28']],
] as const) {
  describe(`the MCP Inspector's command line, protocol era ${era}`, () => {
    test('lists and calls the tools with a token', async (context) => {
      const served = await serveMcp(context)
      await assertUsable(createCaller(context, served, era, await served.createToken()))
      assert.deepEqual(new Set(served.seen.map(({ revision }) => revision)), new Set(revisions))
    })

    test('fails at once without a token, and asks for one', impatient, async (context) => {
      const served = await serveMcp(context)
      const { code, stdout, stderr } = await inspect(context, served, ['--protocol-era', era, ...listing])
      assert.equal(code, 3)
      assert.equal(stdout, '')
      assert.equal(JSON.parse(stderr).error.code, 'auth_required')
      assert.deepEqual([...new Set(served.seen.map(({ status }) => status))], [401])
    })
  })
}

const listing = ['--method', 'tools/list']

/** Each call is a run of the program, which connects anew. */
function createCaller(context: TestContext, served: ServedMcp, era: string, token: string): Caller {
  const shared = ['--protocol-era', era, '--header', `Authorization: Bearer ${token}`]
  return {
    listTools: async () => resultOf(await inspect(context, served, [...shared, ...listing])),
    async callTool({ name, arguments: given }) {
      const calling = [
        '--method',
        'tools/call',
        '--tool-name',
        name,
        '--tool-args-json',
        JSON.stringify(given),
      ]
      return resultOf(await inspect(context, served, [...shared, ...calling]))
    },
  }
}

async function inspect(context: TestContext, { url }: ServedMcp, args: readonly string[]): Promise<Outcome> {
  const sandbox = await createSandbox(context)
  const { PATH = '', HOME = '' } = sandbox.env
  const child = spawn(
    process.execPath,
    [program, '--cli', url, '--transport', 'http', '--format', 'json', '--quiet', ...args],
    { cwd: sandbox.folder, env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return watch(sandbox, child, () => child.kill()).ended
}

function resultOf({ code, stdout, stderr }: Outcome) {
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout).result
}
