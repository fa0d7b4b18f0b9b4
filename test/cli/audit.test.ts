import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type AuditedChange, createAudit } from '../../src/audit/audit.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import { makeRefusals } from '../audit/fixture.ts'
import { binPath, createSandbox, run, type Sandbox } from '../support/sandbox.ts'

const change: AuditedChange = {
  principal: 'tok_0123456789abcdef',
  door: 'http',
  operation: 'publish_config',
  target: 'cursor/work',
  request_id: 'request-1',
}
const zeros = '0'.repeat(64)

describe('mcp-orchestration audit', () => {
  test('prints a line for each entry, without what could move the cursor', async (t) => {
    const { sandbox, audit, audited, passMinute } = await setUp(t)
    await audit.track(change, async (note) => note({ before: null, after: 'a'.repeat(64) }))
    await audit.refused({ ...change, target: null, request_id: null }, 'insufficient_scope')
    await audit.refused({ ...change, operation: 'evil\u001b[2J\u202e' }, 'insufficient_scope')
    const other = { ...change, principal: 'tok_other', request_id: null }
    for (let asked = 0; asked < 23; asked += 1) await audit.refused(other, 'insufficient_scope')
    passMinute()
    await audit.refused(other, 'insufficient_scope')
    const { code, stdout, stderr } = await run(sandbox, 'mcp-orchestration', ['audit'])
    assert.deepEqual([code, stderr], [0, ''])
    const lines = stdout.replace(/ {2}2\d{3}-\S+Z {2}/g, ' at ').split('\n')
    assert.deepEqual(lines.toSpliced(4, 20), [
      '#1 at tok_0123456789abcdef (http)  publish_config  cursor/work  begun  request request-1',
      `#2 at tok_0123456789abcdef (http)  publish_config  cursor/work  done  nothing -> ${'a'.repeat(12)}  request request-1`,
      '#3 at tok_0123456789abcdef (http)  publish_config  -  refused: insufficient_scope',
      '#4 at tok_0123456789abcdef (http)  evil\\u{1b}[2J\\u{202e}  cursor/work  refused: insufficient_scope  request request-1',
      '#25 at tok_other (http)  publish_config  cursor/work  refused: insufficient_scope  3 more left out before',
      '',
    ])
    const json = await run(sandbox, 'mcp-orchestration', ['audit', '--json'])
    assert.deepEqual(
      json.stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : [])),
      await audited(),
    )
  })

  test('begins where it is told to', async (t) => {
    const { sandbox, audit } = await setUp(t)
    await audit.track(change, async () => undefined)
    const linesSince = async (since: string) => {
      const { stdout } = await run(sandbox, 'mcp-orchestration', ['audit', '--since', since])
      return stdout.split('\n').length - 1
    }
    assert.deepEqual(await Promise.all(['2', '1h', '2026-01-01', '2999-01-01'].map(linesSince)), [1, 2, 2, 0])
  })

  test('refuses a beginning that is none, with 2', async (t) => {
    const { sandbox } = await setUp(t)
    const { code, stderr } = await run(sandbox, 'mcp-orchestration', ['audit', '--since', 'yesterday'])
    assert.match(
      stderr,
      /^error: option '--since <start>' argument 'yesterday' is invalid\. Give a date [^\n]+\n$/,
    )
    assert.equal(code, 2)
  })

  test('reads a log longer than a page, and ends quietly when nobody reads on', async (t) => {
    const { sandbox, audit } = await setUp(t)
    await makeRefusals(audit, 1500)
    const { stdout } = await run(sandbox, 'mcp-orchestration', ['audit'])
    assert.equal(stdout.split('\n').length, 1501)
    const child = spawn(process.execPath, [binPath('mcp-orchestration'), 'audit'], { env: sandbox.env })
    let complaint = ''
    child.stderr.on('data', (chunk) => {
      complaint += chunk
    })
    child.stdout.destroy()
    assert.deepEqual([await once(child, 'close'), complaint], [[0, null], ''])
  })

  test('fails in one line when the store does', async (t) => {
    const { sandbox } = await setUp(t)
    const env = { ...sandbox.env, MCP_ORCHESTRATION_HOME: '/proc/nowhere' }
    const { code, stderr } = await run({ ...sandbox, env }, 'mcp-orchestration', ['audit'])
    assert.match(stderr, /^error: store_unavailable: [^\n]+\n$/)
    assert.equal(code, 1)
  })
})

describe('mcp-orchestration audit verify', () => {
  test('prints the head of a log that is whole, and what of it is open', async (t) => {
    const { sandbox, audit } = await setUp(t)
    const empty = await run(sandbox, 'mcp-orchestration', ['audit', 'verify'])
    assert.equal(empty.stdout, `The audit log is whole: 0 entries, head ${zeros}@0\n`)
    let open = ''
    await audit.track(change, async () => {
      open = (await run(sandbox, 'mcp-orchestration', ['audit', 'verify'])).stdout
    })
    assert.match(
      open,
      /^The audit log is whole: 1 entries, head [0-9a-f]{64}@1\noutcome unknown: #1 [^\n]+begun[^\n]+\n$/,
    )
    const { end } = await whole(audit)
    const { code, stdout } = await run(sandbox, 'mcp-orchestration', [
      ...['audit', 'verify', '--expect', `${end.hash}@${end.sequence}`],
    ])
    assert.deepEqual([code, stdout], [0, `The audit log is whole: 2 entries, head ${end.hash}@2\n`])
  })

  test('fails for one that goes on from another head than the one that is remembered', async (t) => {
    const { sandbox, audit } = await setUp(t)
    await audit.track(change, async () => undefined)
    const { code, stdout, stderr } = await run(sandbox, 'mcp-orchestration', [
      ...['audit', 'verify', '--expect', `${zeros}@1`],
    ])
    assert.match(stderr, /^error: rewritten: Entry 1 of the audit log is rewritten: [^\n]+\n$/)
    assert.deepEqual([code, stdout], [1, ''])
  })

  test('refuses a head that was not printed like that, with 2', async (t) => {
    const { sandbox } = await setUp(t)
    const { code, stderr } = await run(sandbox, 'mcp-orchestration', ['audit', 'verify', '--expect', zeros])
    assert.match(stderr, /argument '0{64}' is invalid\. Give it as it was printed/)
    assert.equal(code, 2)
  })
})

test('the commands of the guide compute the same head by hand', async (t) => {
  const { sandbox, audit } = await setUp(t)
  await audit.track(change, async (note) => note({ after: 'b'.repeat(64) }))
  const guide = await readFile(new URL('../../docs/explanation/audit.md', import.meta.url), 'utf8')
  const [, script = ''] = /## By hand[\s\S]*?```sh\n([\s\S]*?)```/.exec(guide) ?? []
  const ours = script
    .replace('mcp-orchestration', `'${process.execPath}' '${binPath('mcp-orchestration')}'`)
    .replace('| node', `| '${process.execPath}'`)
  const { stdout } = await promisify(execFile)('sh', ['-c', ours], { env: sandbox.env })
  assert.equal(stdout, `${(await whole(audit)).end.hash}\n`)
})

async function setUp(t: TestContext) {
  const sandbox: Sandbox = await createSandbox(t)
  const store = createSqliteStore({ file: `${sandbox.home}/store.sqlite` })
  sandbox.atEnd(() => store.close())
  let aheadMs = 0
  const audit = createAudit({ store, clock: () => new Date(Date.now() + aheadMs) })
  const audited = async () => (await audit.read()).entries
  const passMinute = () => {
    aheadMs += 60_000
  }
  return { sandbox, audit, audited, passMinute }
}

async function whole(audit: Awaited<ReturnType<typeof setUp>>['audit']) {
  const verification = await audit.verify()
  assert.ok(verification.ok)
  return verification
}
