import { spawn } from 'node:child_process'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Answer, type Call, call } from '../http/fixture.ts'
import { createSandbox, type Running, type Sandbox, watch } from '../support/sandbox.ts'

export interface Example {
  readonly running: Running
  readonly sandbox: Sandbox
  /** A request with the API key, unless told otherwise. */
  readonly ask: (path: string, options?: Call) => Promise<Answer>
}

const apiKey = 'Priya'
const folder = new URL('../../examples/', import.meta.url)

/** Starts an example as a reader would, on a free port and in a sandbox, and waits until it says where it listens. */
export async function startExample(context: TestContext, name: string): Promise<Example> {
  const sandbox = await createSandbox(context)
  const file = fileURLToPath(new URL(name, folder))
  const child = spawn(process.execPath, ['--conditions=mcp-orchestration-source', file], {
    cwd: sandbox.folder,
    env: { ...sandbox.env, PORT: '0', MCP_ORCHESTRATION_API_KEY: apiKey },
  })
  const running = watch(sandbox, child, () => child.kill('SIGTERM'))
  const [, port] = await running.says(/[Ll]istening (?:at http:\/\/127\.0\.0\.1:|on .*port: )([0-9]+)/)
  const url = `http://127.0.0.1:${port}`
  return {
    running,
    sandbox,
    ask: (path, options) =>
      call({ url }, path, { token: null, ...options, headers: { 'x-api-key': apiKey, ...options?.headers } }),
  }
}
