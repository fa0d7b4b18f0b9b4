import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { createSandbox, type Sandbox, watch } from '../support/sandbox.ts'
import { type ServedMcp, serveMcp } from './served-mcp.ts'
import { assertUsable, type Caller, impatient } from './use.ts'

const program = fileURLToPath(new URL('../../node_modules/mcp-remote/dist/proxy.js', import.meta.url))

/** As in the file of a client that only starts commands: Claude Desktop and others. */
describe('mcp-remote', () => {
  for (const [mode, revision] of [
    ['legacy', '2025-11-25'],
    ['auto', '2026-07-28'],
  ] as const) {
    test(`lists and calls the tools with a token, and speaks ${revision}`, async (context) => {
      const served = await serveMcp(context)
      const { command, args, env } = commandOf(
        await createSandbox(context),
        served,
        await served.createToken(),
      )
      const client = new Client({ name: 'test', version: '1' })
      const transport = new StdioClientTransport({
        command,
        args: [...args, '--protocol', mode],
        env,
        stderr: 'ignore',
      })
      context.after(() => client.close())
      await client.connect(transport)
      const { pid } = transport
      await assertUsable(client as Caller)
      assert.ok(served.seen.some((request) => request.revision === revision))
      await client.close()
      assert.ok(pid !== null && !isAlive(pid))
    })
  }

  test(
    'gives up at once without a token: there is nowhere to register and nothing to open in a browser',
    impatient,
    async (context) => {
      const served = await serveMcp(context)
      const sandbox = await createSandbox(context)
      const { command, args, env } = commandOf(sandbox, served)
      const child = spawn(command, args, { cwd: sandbox.folder, env })
      const { code, stderr } = await watch(sandbox, child, () => child.kill()).ended
      assert.equal(code, 1)
      assert.match(stderr, /Registration rejected \(HTTP 404\)/)
      assert.doesNotMatch(stderr, /browser|authorize this client/i)
      const answers = new Set(served.seen.map(({ line, status }) => `${line} ${status}`))
      assert.ok(answers.has('POST /mcp 401') && answers.has('POST /register 404'))
      assert.deepEqual(new Set(served.seen.map(({ status }) => status)), new Set([401, 404]))
    },
  )
})

function commandOf(sandbox: Sandbox, { url }: ServedMcp, token?: string) {
  const header = token === undefined ? [] : ['--header', 'Authorization:${AUTH}']
  const { PATH = '', HOME = '' } = sandbox.env
  return {
    command: process.execPath,
    args: [program, url, ...header, '--allow-http', '--transport', 'http-only'],
    env: {
      PATH,
      HOME,
      MCP_REMOTE_CONFIG_DIR: path.join(sandbox.folder, 'mcp-remote'),
      ...(token !== undefined && { AUTH: `Bearer ${token}` }),
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
