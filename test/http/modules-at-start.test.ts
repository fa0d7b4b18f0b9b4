import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../support/eventually.ts'
import { createSandbox } from '../support/sandbox.ts'

/** What the first requests want: it is loaded when the server is up, and before they come. */
const wanted = ['typebox', '@modelcontextprotocol/server', 'zod']
/** What only some request wants, or none. */
const seldom = ['pino-pretty', 'swagger-ui-dist', 'redoc']

for (const form of ['server', 'plugin'] as const) {
  test(`a ${form} listens before it has loaded what no start needs`, async (t) => {
    const { atStart } = await startOf(t, form)
    const heavy = [...wanted, ...seldom, ...(form === 'server' ? ['ajv'] : [])]
    assert.deepEqual(
      heavy.filter((name) => atStart().has(name)),
      [],
    )
    assert.ok(atStart().has('fastify'))
  })

  test(`a ${form} listens before Node has loaded its client for HTTP, as an import of node:http would make it do`, async (t) => {
    const { atStart } = await startOf(t, form)
    assert.ok(atStart().has('NativeModule http'))
    assert.equal(atStart().has('NativeModule internal/deps/undici/undici'), false)
  })

  test(`a ${form} loads what the first requests want before they come`, async (t) => {
    const { loaded } = await startOf(t, form)
    await eventually(
      () => {
        for (const name of wanted) assert.ok(loaded().has(name), name)
      },
      { withinMs: 20_000 },
    )
    assert.deepEqual(
      seldom.filter((name) => loaded().has(name)),
      [],
    )
  })
}

/** The packages that a process in which a transport listens has loaded, by the time it listened and by now. */
async function startOf(t: TestContext, form: string) {
  const { env, folder, atEnd } = await createSandbox(t)
  const program = fileURLToPath(new URL('modules-at-start-process.ts', import.meta.url))
  const child = fork(program, [form], { env, cwd: folder, execArgv: [] })
  const ended = once(child, 'exit')
  atEnd(async () => {
    child.disconnect()
    await ended
  })
  const told: (readonly string[])[] = []
  child.on('message', (urls: readonly string[]) => told.push(urls))
  await Promise.race([once(child, 'message'), ended.then(([code]) => assert.fail(`It ended with ${code}.`))])
  return { atStart: () => packagesOf(told.slice(0, 1)), loaded: () => packagesOf(told) }
}

/** Packages by their name, other modules by what they were told as. */
function packagesOf(told: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(told.flat().map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? url))
}
