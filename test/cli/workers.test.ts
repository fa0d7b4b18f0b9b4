import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { createOrchestrator } from '../../src/orchestrator.ts'
import { assertUsable, type Caller } from '../mcp-clients/use.ts'
import { readEvents } from '../support/event-reader.ts'
import { eventually } from '../support/eventually.ts'
import { createSandbox, run, start } from '../support/sandbox.ts'
import { controlC, noTerminal, startOnTerminal } from '../support/terminal.ts'
import {
  apiKey,
  ask,
  beginRequest,
  isAlive,
  linesOf,
  preload,
  serveWithWorkers,
  untilRefused,
  workersOf,
} from './crew.ts'

describe('several workers', () => {
  test('answer on one port, each in its turn, and say once where they are', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const pids = await workersOf(crew)
    assert.equal(pids.includes(crew.pid), false)
    for (const path of ['/health', '/ready', '/v1/clients'])
      for (const _ of pids) assert.equal((await ask(crew.baseUrl + path)).status, 200, path)
    const said = linesOf(crew.server).map(({ msg }) => String(msg))
    for (const once of [/^Server running on /, /^API docs: /, /^2 workers share the work\.$/])
      assert.equal(said.filter((msg) => once.test(msg)).length, 1, said.join('\n'))
    assert.equal(crew.server.stdout(), '')
  })

  test('tell once that there is no credential yet', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context), {
      env: { MCP_ORCHESTRATION_API_KEY: '' },
    })
    await workersOf(crew)
    assert.equal(crew.server.stderr().match(/There is no credential yet/g)?.length, 1)
  })

  test('tell once of a file that each of them leaves out', async (context) => {
    const sandbox = await createSandbox(context)
    await mkdir(path.join(sandbox.home, 'servers'), { recursive: true })
    await writeFile(path.join(sandbox.home, 'servers', 'broken.json'), '{')
    const crew = await serveWithWorkers(sandbox)
    await workersOf(crew)
    for (const _ of [1, 2, 3, 4]) assert.equal((await ask(`${crew.baseUrl}/v1/servers`)).status, 200)
    await crew.server.says(/broken\.json was left out/)
    crew.server.child.kill('SIGTERM')
    assert.equal((await crew.server.ended).stderr.match(/broken\.json was left out/g)?.length, 1)
  })

  test('count the uses of a token together', async (context) => {
    const sandbox = await createSandbox(context)
    const crew = await serveWithWorkers(sandbox)
    const { token, token_id } = JSON.parse((await run(sandbox, 'generate-token', ['--json'])).stdout)
    const headers = { Authorization: `Bearer ${token}` }
    for (const _ of Array(7)) assert.equal((await ask(`${crew.baseUrl}/v1/clients`, headers)).status, 200)
    crew.server.child.kill('SIGTERM')
    await crew.server.ended
    const { stdout } = await run(sandbox, 'mcp-orchestration', ['tokens', 'list', '--json'])
    const { tokens } = JSON.parse(stdout) as { tokens: { token_id: string; usage_count: number }[] }
    assert.equal(tokens.find((each) => each.token_id === token_id)?.usage_count, 7)
  })

  test("serve the SDK's v1 client without a session, whichever each of its requests comes to", async (context) => {
    const sandbox = await createSandbox(context)
    const crew = await serveWithWorkers(sandbox)
    const client = new Client({ name: 'test', version: '1' })
    const requestInit = { headers: { 'X-API-Key': apiKey, connection: 'close' } }
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', crew.baseUrl), { requestInit })
    // The SDK's own types don't agree under exactOptionalPropertyTypes.
    await client.connect(transport as Transport)
    context.after(() => client.close())
    await assertUsable(client as Caller)
    assert.equal(transport.sessionId, undefined)
    const answered = linesOf(crew.server).filter(({ path }) => path === '/mcp')
    assert.equal(new Set(answered.map(({ pid }) => pid)).size, 2)
  })

  test('tell their listeners once that a deployed file was edited', async (context) => {
    const sandbox = await createSandbox(context)
    const crew = await serveWithWorkers(sandbox)
    await using orchestrator = createOrchestrator({ home: sandbox.home, env: sandbox.env })
    const ref = { clientId: 'cursor', profileId: 'work' }
    await orchestrator.keys.initialize()
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    await orchestrator.releases.publish(ref, { changelog: '' })
    const { configPath } = await orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
    const headers = { 'X-API-Key': apiKey }
    const readers = await Promise.all([1, 2, 3, 4].map(() => readEvents(`${crew.baseUrl}/events`, headers)))
    context.after(() => readers.map((reader) => reader.close()))
    await writeFile(configPath, '{}')
    for (const reader of readers) await reader.hears(1)
    // What the workers have seen by then is told before what comes now.
    await orchestrator.drafts.add(ref, { serverId: 'time' })
    const revision = await orchestrator.store.revision()
    for (const reader of readers) await reader.reaches(revision)
    for (const { heard } of readers)
      assert.deepEqual(
        heard.map(({ type, data }) => [type, data.file_state]),
        [
          ['file_state_changed', 'missing'],
          ['draft_changed', undefined],
        ],
      )
  })

  test('show one first token on a terminal, which works at each', { skip: noTerminal }, async (context) => {
    const sandbox = await createSandbox(context)
    const server = startOnTerminal(sandbox, 'serve-http', ['--port', '0', '--workers', '2'])
    await server.says(/2 workers share the work/)
    const [, token = '', url = ''] = await server.says(
      /curl -H 'Authorization: Bearer ([\w-]{43})' (http:\S+)/,
    )
    for (const _ of [1, 2, 3, 4])
      assert.equal((await ask(url, { Authorization: `Bearer ${token}` })).status, 200)
    server.child.stdin?.write(controlC)
    const { stdout } = await server.ended
    assert.equal(stdout.match(/curl -H/g)?.length, 1)
    assert.match(stdout, /Server shut down gracefully/)
    assert.equal(server.child.exitCode, 0)
  })
})

describe('workers that cannot start', () => {
  test('because the port is taken end as one process would', async (context) => {
    const sandbox = await createSandbox(context)
    const { baseUrl } = await serveWithWorkers(sandbox)
    await endsAlike(sandbox, ['--port', new URL(baseUrl).port], 1)
    assert.equal((await ask(`${baseUrl}/health`)).status, 200)
  })

  test('because the home is a file end as one process would', async (context) => {
    const sandbox = await createSandbox(context)
    await writeFile(sandbox.home, 'not a folder')
    await endsAlike(sandbox, ['--port', '0'], 1)
  })

  test('because the API key could never match end as one process would', async (context) => {
    const env = { MCP_ORCHESTRATION_API_KEY: 'hunter2\n' }
    await endsAlike(await createSandbox(context), ['--port', '0'], 2, env)
  })

  test('because they would share the memory store are refused as wrong usage', async (context) => {
    const args = ['--port', '0', '--store', 'memory', '--workers', '2']
    const { code, stderr } = await run(await createSandbox(context), 'serve-http', args)
    assert.match(stderr, /^error: The memory store [^\n]*--store sqlite[^\n]*\n$/)
    assert.equal(code, 2)
  })

  test('because the first is killed before it listens say so, with 1', async (context) => {
    const NODE_OPTIONS = preload(
      "import cluster from 'node:cluster'; if (cluster.isWorker) process.kill(process.pid, 'SIGKILL')",
    )
    const args = ['--port', '0', '--workers', '2']
    const { code, stderr } = await run(await createSandbox(context), 'serve-http', args, {
      env: { NODE_OPTIONS },
    })
    assert.match(stderr, /^error: The worker \d+ ended by SIGKILL\. It did not listen yet\.\n$/)
    assert.equal(code, 1)
  })
})

describe('a worker that ends', () => {
  test('is replaced, on the same port, also when all end at once', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const before = await workersOf(crew)
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await crew.server.says(/2 workers share the work[\s\S]*2 workers share the work/)
    const after = await workersOf(crew)
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    )
    for (const pid of before)
      assert.match(
        crew.server.stderr(),
        new RegExp(`"level":40.*The worker ${pid} ended by SIGKILL\\. Another`),
      )
    assert.equal(crew.server.stderr().match(/Server running on/g)?.length, 1)
  })

  test('by SIGTERM answers what it has in flight first', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const pids = await workersOf(crew)
    const requests = await Promise.all(pids.map(() => beginRequest(crew.baseUrl)))
    for (const pid of pids) process.kill(pid, 'SIGTERM')
    for (const request of requests) assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
    await crew.server.says(/ended with 0\. Another takes its place[\s\S]*2 workers share the work/)
    assert.equal(
      (await workersOf(crew)).some((pid) => pids.includes(pid)),
      false,
    )
  })

  test('each time at its start is tried again ever more slowly, while another serves', async (context) => {
    const NODE_OPTIONS = preload(
      "import cluster from 'node:cluster'; if (cluster.worker?.id > 1) process.exit(7)",
    )
    const sandbox = await createSandbox(context)
    const args = ['--port', '0', '--workers', '2']
    const server = start(sandbox, 'serve-http', args, {
      env: { NODE_OPTIONS, MCP_ORCHESTRATION_API_KEY: apiKey },
    })
    const [, baseUrl = ''] = await server.says(/Server running on (http:[^"]+)"/)
    await server.says(/ended with 7\. Another takes its place in 1 s\.[\s\S]*ended with 7\./)
    assert.equal((await ask(`${baseUrl}/v1/clients`)).status, 200)
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
  })
})

describe('a crew that has served', () => {
  test('goes on when all have ended and the next fail at their start', async (context) => {
    const NODE_OPTIONS = preload(
      "import cluster from 'node:cluster'; if ([3, 4].includes(cluster.worker?.id)) process.exit(7)",
    )
    const crew = await serveWithWorkers(await createSandbox(context), { env: { NODE_OPTIONS } })
    for (const pid of await workersOf(crew)) process.kill(pid, 'SIGKILL')
    await crew.server.says(/ended with 7\.[\s\S]*ended with 7\.[\s\S]*2 workers share the work/)
    await workersOf(crew)
    crew.server.child.kill('SIGTERM')
    assert.equal((await crew.server.ended).code, 0)
  })

  test('replaces at once whoever is told to stop, however often', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    for (const times of [2, 3, 4]) {
      const [pid = 0] = await workersOf(crew)
      process.kill(pid, 'SIGTERM')
      await crew.server.says(new RegExp(`(2 workers share the work[^]*){${times}}`))
    }
    const { stderr } = crew.server
    assert.equal(stderr().match(/ended with 0\. Another takes its place\./g)?.length, 3, stderr())
  })
})

describe('a stop of several workers', () => {
  test('answers what each has in flight, takes no more, and ends with 0', async (context) => {
    const { server, baseUrl } = await serveWithWorkers(await createSandbox(context))
    const requests = await Promise.all([beginRequest(baseUrl), beginRequest(baseUrl)])
    server.child.kill('SIGTERM')
    await server.says(/"Shutting down gracefully\.\.\."/)
    await untilRefused(baseUrl)
    for (const request of requests) assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
    const { code, stderr } = await server.ended
    assert.equal(stderr.match(/Shutting down gracefully\.\.\./g)?.length, 1)
    assert.equal(stderr.match(/Server shut down gracefully/g)?.length, 1)
    assert.doesNotMatch(stderr, /takes its place/)
    assert.equal(code, 0)
  })

  test('by a signal to each process of them is the same', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const pids = await workersOf(crew)
    const requests = await Promise.all(pids.map(() => beginRequest(crew.baseUrl)))
    for (const pid of [...pids, crew.pid]) process.kill(pid, 'SIGINT')
    for (const request of requests) assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
    const { code, stderr } = await crew.server.ended
    assert.match(stderr, /Server shut down gracefully/)
    assert.doesNotMatch(stderr, /takes its place/)
    assert.equal(code, 0)
  })

  test('gives up on a request that never ends, within five seconds', async (context) => {
    const { server, baseUrl } = await serveWithWorkers(await createSandbox(context))
    await beginRequest(baseUrl)
    const began = performance.now()
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.ok(performance.now() - began < 5_000)
  })

  test('by a second signal ends all of them at once', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const pids = await workersOf(crew)
    await beginRequest(crew.baseUrl)
    crew.server.child.kill('SIGTERM')
    await crew.server.says(/"Shutting down gracefully\.\.\."/)
    crew.server.child.kill('SIGINT')
    assert.equal((await crew.server.ended).code, 130)
    await eventually(() => assert.deepEqual(pids.filter(isAlive), []))
  })

  test('when only the primary is killed, answers what is in flight and leaves nobody behind', async (context) => {
    const crew = await serveWithWorkers(await createSandbox(context))
    const pids = await workersOf(crew)
    const requests = await Promise.all(pids.map(() => beginRequest(crew.baseUrl)))
    crew.server.child.kill('SIGKILL')
    await untilRefused(crew.baseUrl)
    for (const request of requests) assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
    await eventually(() => assert.deepEqual(pids.filter(isAlive), []))
  })

  test('ends with 1 within five seconds when a worker can not', async (context) => {
    const NODE_OPTIONS = preload("import http from 'node:http'; http.Server.prototype.close = () => {}")
    const { server } = await serveWithWorkers(await createSandbox(context), { env: { NODE_OPTIONS } })
    const began = performance.now()
    server.child.kill('SIGTERM')
    const { code, stderr } = await server.ended
    assert.match(stderr, /Not everything could be stopped in time/)
    assert.doesNotMatch(stderr, /Server shut down gracefully/)
    assert.equal(code, 1)
    assert.ok(performance.now() - began < 5_500)
  })

  test('ends with 1 and leaves nobody behind when a worker hears of nothing any more', async (context) => {
    const NODE_OPTIONS = preload(`
      import cluster from 'node:cluster'
      if (cluster.isWorker) process.on('message', ({ tell }) => {
        if (tell === 'stop') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      })`)
    const crew = await serveWithWorkers(await createSandbox(context), { env: { NODE_OPTIONS } })
    const pids = await workersOf(crew)
    crew.server.child.kill('SIGTERM')
    const { code, stderr } = await crew.server.ended
    assert.match(stderr, /Not everything could be stopped in time/)
    assert.equal(code, 1)
    await eventually(() => assert.deepEqual(pids.filter(isAlive), []))
  })

  test('ends with 1 also when only the primary is held, as by a log that nobody reads', async (context) => {
    const NODE_OPTIONS = preload(
      "import cluster from 'node:cluster'; if (cluster.isPrimary) setInterval(() => {}, 1_000)",
    )
    const { server } = await serveWithWorkers(await createSandbox(context), { env: { NODE_OPTIONS } })
    server.child.kill('SIGTERM')
    await server.says(/Server shut down gracefully[\s\S]*Not everything could be stopped in time/)
    assert.equal((await server.ended).code, 1)
  })
})

/** Several workers say and answer the same as one process, to the byte. */
async function endsAlike(
  sandbox: Awaited<ReturnType<typeof createSandbox>>,
  args: readonly string[],
  code: number,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const alone = await run(sandbox, 'serve-http', args, { env })
  assert.equal(alone.code, code)
  assert.match(alone.stderr, /^error: [^\n]*\n$/)
  assert.deepEqual(await run(sandbox, 'serve-http', [...args, '--workers', '2'], { env }), alone)
}

test('a stop while a worker still starts ends well: that one has nothing to finish', async (context) => {
  const NODE_OPTIONS = preload(`
    import cluster from 'node:cluster'
    if (cluster.worker?.id > 1) {
      process.stderr.write('the second starts for ever')
      await new Promise(() => setInterval(() => {}, 1_000))
    }`)
  const server = start(await createSandbox(context), 'serve-http', ['--port', '0', '--workers', '2'], {
    env: { NODE_OPTIONS },
  })
  await server.says(/the second starts for ever/)
  server.child.kill('SIGTERM')
  const { code, stderr } = await server.ended
  assert.equal(code, 0)
  assert.match(stderr, /Server shut down gracefully/)
})

test('a stop while a worker is about to listen, which then takes another port, ends well', async (context) => {
  const NODE_OPTIONS = preload(`
    import cluster from 'node:cluster'
    import net from 'node:net'
    if (cluster.worker?.id > 1) {
      const { listen } = net.Server.prototype
      net.Server.prototype.listen = function (...where) {
        process.once('SIGUSR2', () => listen.apply(this, where))
        process.stderr.write('about to listen: ' + process.pid + ';')
        return this
      }
    }`)
  const server = start(await createSandbox(context), 'serve-http', ['--port', '0', '--workers', '2'], {
    env: { NODE_OPTIONS, MCP_ORCHESTRATION_API_KEY: apiKey },
  })
  const [, baseUrl = ''] = await server.says(/Server running on (http:[^"]+)"/)
  const second = Number((await server.says(/about to listen: (\d+);/))[1])
  const request = await beginRequest(baseUrl)
  server.child.kill('SIGTERM')
  await untilRefused(baseUrl)
  process.kill(second, 'SIGUSR2')
  await eventually(() => assert.equal(isAlive(second), false))
  assert.match(await request.finish(), /^HTTP\/1\.1 200 /)
  const { code, stderr } = await server.ended
  assert.match(stderr, /Server shut down gracefully/)
  assert.doesNotMatch(stderr, /share the work/)
  assert.equal(code, 0)
})
