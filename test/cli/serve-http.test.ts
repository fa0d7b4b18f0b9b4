import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createSandbox, type Running, run, type Sandbox, start } from '../support/sandbox.ts'

const apiKey = 'an-api-key-of-priya'
const withKey = { MCP_ORCHESTRATION_API_KEY: apiKey }

describe('mcp-orchestration-serve-http', () => {
  test('says where it runs and where the docs are, in JSON lines on stderr, and answers', async (context) => {
    const { server, baseUrl } = await serve(await createSandbox(context), [], withKey)
    await server.says(new RegExp(`"msg":"API docs: ${baseUrl}/docs"`))
    assert.equal((await fetch(`${baseUrl}/health`)).status, 200)
    assert.equal((await fetch(`${baseUrl}/v1/clients`, { headers: { 'X-API-Key': apiKey } })).status, 200)
    assert.equal(server.stdout(), '')
    for (const line of server.stderr().trimEnd().split('\n'))
      assert.doesNotThrow(() => JSON.parse(line), line)
  })

  test('is the same as a command of mcp-orchestration', async (context) => {
    const sandbox = await createSandbox(context)
    const server = start(sandbox, 'mcp-orchestration', ['serve-http', '--port', '0'], {
      env: withKey,
    })
    const [, baseUrl] = await server.says(/Server running on (http:\/\/127\.0\.0\.1:\d+)/)
    assert.equal((await fetch(`${baseUrl}/health`)).status, 200)
  })

  test('accepts a token that is made while it runs', async (context) => {
    const sandbox = await createSandbox(context)
    const { baseUrl } = await serve(sandbox)
    const { stdout } = await run(sandbox, 'generate-token', ['--json'])
    const headers = { Authorization: `Bearer ${JSON.parse(stdout).token}` }
    assert.equal((await fetch(`${baseUrl}/v1/clients`, { headers })).status, 200)
  })

  test('takes host and port from the environment, and a flag over it', async (context) => {
    const env = { MCP_ORCHESTRATION_HOST: 'host.invalid', MCP_ORCHESTRATION_PORT: '1', ...withKey }
    const { baseUrl } = await serve(await createSandbox(context), ['--host', '127.0.0.1'], env)
    assert.equal((await fetch(`${baseUrl}/health`)).status, 200)
  })

  test('says nothing at the log level silent', async (context) => {
    const sandbox = await createSandbox(context)
    const port = await freePort()
    const server = start(sandbox, 'serve-http', ['--port', String(port), '--log-level', 'silent'])
    await untilHealthy(`http://127.0.0.1:${port}/health`)
    server.child.kill('SIGTERM')
    assert.deepEqual(await server.ended, { code: 0, signal: null, stdout: '', stderr: '' })
  })

  test('never logs a key or a token, whatever the level', async (context) => {
    const sandbox = await createSandbox(context)
    const { server, baseUrl } = await serve(sandbox, ['--log-level', 'trace'], withKey)
    const token = 'A'.repeat(43)
    await fetch(`${baseUrl}/v1/clients`, { headers: { 'X-API-Key': apiKey } })
    await fetch(`${baseUrl}/v1/clients?token=${token}`, { headers: { Authorization: `Bearer ${token}` } })
    await server.says(/"status":401/)
    assert.equal(server.stderr().includes(apiKey), false)
    assert.equal(server.stderr().includes(token), false)
  })
})

describe('a server without any credential', () => {
  test('tells its log how to make a token, and makes none by itself', async (context) => {
    const sandbox = await createSandbox(context)
    const { server } = await serve(sandbox)
    await server.says(/There is no credential yet.*mcp-orchestration-generate-token --home/)
    assert.equal(server.stdout(), '')
  })

  test('on the memory store advises an API key', async (context) => {
    const { server } = await serve(await createSandbox(context), ['--store', 'memory'])
    await server.says(/There is no credential yet.*MCP_ORCHESTRATION_API_KEY/)
  })

  test('is none that has a token', async (context) => {
    const sandbox = await createSandbox(context)
    await run(sandbox, 'generate-token', [])
    const { server } = await serve(sandbox)
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).stderr.includes('no credential'), false)
  })
})

describe('stopping', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`on ${signal} answers the request in flight, refuses new ones, and ends with 0`, async (context) => {
      const { server, baseUrl } = await serve(await createSandbox(context), [], withKey)
      const request = await beginRequest(baseUrl)
      server.child.kill(signal)
      await server.says(/"Shutting down gracefully\.\.\."/)
      await assert.rejects(fetch(`${baseUrl}/health`))
      assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
      const { code, stderr } = await server.ended
      assert.match(stderr, /"Shutting down gracefully\.\.\."[\s\S]*"Server shut down gracefully"/)
      assert.equal(code, 0)
    })
  }

  test('gives up on a request that never ends, within five seconds', async (context) => {
    const { server, baseUrl } = await serve(await createSandbox(context), [], withKey)
    await beginRequest(baseUrl)
    const began = performance.now()
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.ok(performance.now() - began < 5_000)
  })

  test('stops in time though nobody reads its log any more', { timeout: 30_000 }, async (context) => {
    const { server, baseUrl } = await serve(await createSandbox(context), ['--log-level', 'debug'], withKey)
    server.child.stderr?.pause()
    // More than a pipe and the reader's own buffer hold: what a request says of itself is written at this level.
    const headers = { 'user-agent': 'x'.repeat(8_000) }
    for (let count = 0; count < 80; count += 1) await (await fetch(`${baseUrl}/health`, { headers })).text()
    server.child.kill('SIGTERM')
    assert.deepEqual(await once(server.child, 'exit'), [0, null])
  })

  test('ends at once at a second signal, and says by its exit code that it was one', async (context) => {
    const { server, baseUrl } = await serve(await createSandbox(context), [], withKey)
    await beginRequest(baseUrl)
    server.child.kill('SIGTERM')
    await server.says(/"Shutting down gracefully\.\.\."/)
    server.child.kill('SIGINT')
    const { code, stderr } = await server.ended
    assert.equal(code, 130)
    assert.equal(stderr.includes('Server shut down gracefully'), false)
  })
})

describe('a server that fails in a way that nobody foresaw', () => {
  const NODE_OPTIONS = preload("process.on('SIGUSR2', () => { throw new TypeError('x is no function') })")

  test('ends with 1 and says so in one line, without a stack', async (context) => {
    const { server } = await serve(await createSandbox(context), [], { NODE_OPTIONS })
    server.child.kill('SIGUSR2')
    const { code, stderr } = await server.ended
    const complaints = stderr.split('\n').filter((line) => !line.startsWith('{') && line !== '')
    assert.match(complaints.join('\n'), /^error: internal_error: x is no function [^\n]*$/)
    assert.equal(code, 1)
  })

  test('shows the stack when debugging', async (context) => {
    const { server } = await serve(await createSandbox(context), ['--log-level', 'debug'], {
      NODE_OPTIONS,
    })
    server.child.kill('SIGUSR2')
    assert.match((await server.ended).stderr, /\nTypeError: x is no function\n {4}at /)
  })

  test('so that it can never stop gracefully, is ended with 1 within five seconds', async (context) => {
    const NODE_OPTIONS = preload("import http from 'node:http'; http.Server.prototype.close = () => {}")
    const { server } = await serve(await createSandbox(context), [], { NODE_OPTIONS })
    const began = performance.now()
    server.child.kill('SIGTERM')
    const { code, stderr } = await server.ended
    assert.match(stderr, /Not everything could be stopped in time/)
    assert.equal(code, 1)
    assert.ok(performance.now() - began < 5_000)
  })
})

describe('a server that cannot start', () => {
  test('because the port is taken says so in one line, with 1, and leaves the other alone', async (context) => {
    const sandbox = await createSandbox(context)
    const { baseUrl } = await serve(sandbox, [], withKey)
    const { port } = new URL(baseUrl)
    const { code, stdout, stderr } = await run(sandbox, 'serve-http', ['--port', port])
    assert.match(
      stderr,
      new RegExp(`^error: Address already in use: 127\\.0\\.0\\.1:${port}\\. [^\\n]*--port[^\\n]*\\n$`),
    )
    assert.equal(stdout, '')
    assert.equal(code, 1)
    assert.equal((await fetch(`${baseUrl}/health`)).status, 200)
  })

  test('because its host is not known says so in one line, with 1', async (context) => {
    const args = ['--host', 'host.invalid', '--port', '0']
    const { code, stderr } = await run(await createSandbox(context), 'serve-http', args)
    assert.match(stderr, /^error: [^\n]*host\.invalid[^\n]*\n$/)
    assert.equal(code, 1)
  })

  test('because its API key could never match says so in one line, with 2, without the key', async (context) => {
    const env = { MCP_ORCHESTRATION_API_KEY: 'hunter2\n' }
    const { code, stderr } = await run(await createSandbox(context), 'serve-http', ['--port', '0'], { env })
    assert.match(stderr, /^error: [^\n]*MCP_ORCHESTRATION_API_KEY[^\n]*\n$/)
    assert.equal(stderr.includes('hunter2'), false)
    assert.equal(code, 2)
  })

  test('because its home is a file says so in one line, with 1', async (context) => {
    const sandbox = await createSandbox(context)
    await writeFile(sandbox.home, 'not a folder')
    const { code, stderr } = await run(sandbox, 'serve-http', ['--port', '0'])
    assert.match(stderr, /^error: store_unavailable: [^\n]*\n$/)
    assert.equal(code, 1)
  })
})

async function serve(
  sandbox: Sandbox,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: Running; readonly baseUrl: string }> {
  const server = start(sandbox, 'serve-http', ['--port', '0', ...args], { env })
  const [, baseUrl = ''] = await server.says(/"msg":"Server running on (http:\/\/127\.0\.0\.1:\d+)"/)
  return { server, baseUrl }
}

/** Node's options for a child process that first runs some code of the test. */
function preload(code: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

/** A request whose body is not all there yet, so that the server is busy with it. */
async function beginRequest(baseUrl: string) {
  const { hostname, port, host } = new URL(baseUrl)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  const body = '{}'
  const head = [
    'POST /v1/keys/initialize HTTP/1.1',
    `Host: ${host}`,
    `X-API-Key: ${apiKey}`,
    'Content-Type: application/json',
  ]
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`)
  await once(socket, 'data')
  return {
    async finish() {
      socket.write(body)
      return await text(socket)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Polls, since a silent server can't say when it is there. */
async function untilHealthy(url: string): Promise<void> {
  const signal = AbortSignal.timeout(20_000)
  while ((await fetch(url, { signal }).catch(() => undefined))?.status !== 200)
    await setTimeout(20, undefined, { signal })
}
