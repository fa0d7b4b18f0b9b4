import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Change, Store } from '../../src/store/store.ts'
import type { JsonObject } from '../../src/vocabulary.ts'

const ref = { clientId: 'cursor', profileId: 'default' }
const by = { deployedBy: 'library' }
const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'

let sandbox: string
let file: string
let env: Record<string, string>
let store: Store
let orchestrator: Orchestrator

beforeEach(async () => {
  sandbox = mkdtempSync(path.join(tmpdir(), 'deployments-'))
  file = path.join(sandbox, '.cursor/mcp.json')
  env = { HOME: sandbox }
  store = createMemoryStore()
  orchestrator = open(store)
  await orchestrator.keys.initialize()
})
afterEach(async () => {
  await orchestrator.close()
  rmSync(sandbox, { recursive: true })
})

function open(store: Store): Orchestrator {
  return createOrchestrator({ home: path.join(sandbox, 'home'), store, env, platform: 'linux' })
}

function write(text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function read(): string {
  return readFileSync(file, 'utf8')
}

function names(): string[] {
  return Object.keys(JSON.parse(read()).mcpServers)
}

async function publish(serverId: string, input: object = {}, profile = ref): Promise<void> {
  await orchestrator.drafts.add(profile, { serverId, ...input })
  await orchestrator.releases.publish(profile)
}

describe('deploying', () => {
  test("writes the latest release and leaves every byte that is the user's", async () => {
    const vscode = { clientId: 'vscode', profileId: 'default' }
    const mine = '\uFEFF{\r\n\t"inputs": [], // mine\r\n\t"servers": { "own": {"command":"own"}'
    file = path.join(sandbox, '.config/Code/User/mcp.json')
    write(`${mine} }\r\n}`)
    await publish('memory', {}, vscode)
    await orchestrator.deployments.deploy(vscode, by)
    assert.ok(read().startsWith(mine) && read().endsWith(' }\r\n}'), read())
    assert.match(read(), /"memory"/)
  })

  test('keeps the bytes that it replaces in a backup for the owner only', async () => {
    write('{ "mcpServers": {} }')
    await publish('memory')
    const { backupPath } = await orchestrator.deployments.deploy(ref, by)
    assert.ok(backupPath)
    assert.equal(readFileSync(backupPath, 'utf8'), '{ "mcpServers": {} }')
    assert.equal(statSync(backupPath).mode & 0o777, 0o600)
  })

  test('a second time changes nothing, makes no backup, and says what it kept', async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    const before = statSync(file, { bigint: true }).mtimeNs
    const again = await orchestrator.deployments.deploy(ref, by)
    assert.deepEqual([again.written, again.kept, again.backupPath], [[], ['memory'], null])
    assert.equal(statSync(file, { bigint: true }).mtimeNs, before)
  })

  test("another profile takes the former one's entries out", async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    const work = { ...ref, profileId: 'work' }
    await publish('time', {}, work)
    const result = await orchestrator.deployments.deploy(work, by)
    assert.deepEqual([result.written, result.removed, names()], [['time'], ['memory'], ['time']])
  })

  test("an empty release takes all managed entries out and leaves the user's", async () => {
    write('{"mcpServers":{"own":{"command":"own"}}}')
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    await orchestrator.drafts.clear(ref)
    await orchestrator.releases.publish(ref)
    await orchestrator.deployments.deploy(ref, by)
    assert.equal(read(), '{"mcpServers":{"own":{"command":"own"}}}')
  })

  test('an empty release makes no file', async () => {
    await publish('memory')
    await orchestrator.drafts.clear(ref)
    await orchestrator.releases.publish(ref)
    await orchestrator.deployments.deploy(ref, by)
    assert.throws(read, { code: 'ENOENT' })
  })

  test('an earlier release, by its sequence, rolls back', async () => {
    await publish('memory')
    await publish('time')
    await orchestrator.deployments.deploy(ref, by)
    await orchestrator.deployments.deploy(ref, { ...by, sequence: 1 })
    assert.deepEqual(names(), ['memory'])
    const current = await orchestrator.deployments.current('cursor')
    assert.deepEqual([current?.sequence, current?.outdated, current?.fileState], [1, true, 'in_sync'])
  })

  test('resolves secrets in the file and nowhere else', async () => {
    await publish('github', { envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: token } })
    await orchestrator.deployments.deploy(ref, by)
    assert.ok(read().includes(token))
    const stored = await store.list('')
    assert.equal(JSON.stringify(stored).includes(token), false)
  })
})

describe('a refused deploy leaves the file as it was', () => {
  async function refusal(options: object = {}) {
    const before = read()
    const error = await orchestrator.deployments.deploy(ref, { ...by, ...options }).then(
      () => assert.fail('the deploy should be refused'),
      (error) => error,
    )
    assert.equal(read(), before)
    assert.equal((await orchestrator.deployments.current('cursor'))?.sequence ?? null, null)
    return error
  }

  test("when an entry of the user's has the same name, even with overwrite", async () => {
    write('{"mcpServers":{"memory":{"command":"mine"}}}')
    await publish('memory')
    const error = await refusal({ overwrite: true })
    assert.equal(error.code, 'config_entry_conflict')
    assert.equal(error.errors[0].pointer, '/mcpServers/memory')
  })

  test('when it can not be parsed', async () => {
    write('{"mcpServers":{')
    await publish('memory')
    assert.equal((await refusal()).code, 'config_file_unreadable')
  })

  test('when it says the root key twice', async () => {
    write('{"mcpServers":{},"mcpServers":{}}')
    await publish('memory')
    assert.equal((await refusal()).code, 'config_file_unreadable')
  })

  test('when a reference has no value, which it names', async () => {
    write('{}')
    await publish('github', { envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: '${env:GITHUB_TOKEN}' } })
    const error = await refusal()
    assert.equal(error.code, 'secret_unresolved')
    assert.match(error.message, /\$\{env:GITHUB_TOKEN\}/)
  })

  test('when a reference is to a variable of the product itself', async () => {
    write('{}')
    env.MCP_ORCHESTRATION_API_KEY = 'the key'
    const reference = '${env:MCP_ORCHESTRATION_API_KEY}'
    await publish('github', { envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: reference } })
    assert.equal((await refusal()).code, 'secret_unresolved')
  })

  test('when its backup can not be kept', async () => {
    write('{}')
    await publish('memory')
    writeFileSync(path.join(sandbox, 'home/backups'), 'in the way')
    assert.equal((await refusal()).code, 'write_failed')
  })

  test('when nothing is published', async () => {
    write('{}')
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    assert.equal((await refusal()).code, 'nothing_published')
  })
})

describe('an entry that was edited by hand', () => {
  beforeEach(async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    writeFileSync(file, read().replace('server-memory', 'server-edited'))
    await publish('time')
  })

  test('shows as edited', async () => {
    assert.equal((await orchestrator.deployments.current('cursor'))?.fileState, 'edited')
  })

  test('is a conflict', async () => {
    await assert.rejects(orchestrator.deployments.deploy(ref, by), { code: 'config_entry_conflict' })
    assert.match(read(), /server-edited/)
  })

  test('is replaced with overwrite, and the edit is in the backup', async () => {
    const { backupPath } = await orchestrator.deployments.deploy(ref, { ...by, overwrite: true })
    assert.doesNotMatch(read(), /server-edited/)
    assert.match(readFileSync(backupPath ?? '', 'utf8'), /server-edited/)
  })

  test('shows in a dry run without its texts', async () => {
    const { diff = '' } = await orchestrator.deployments.deploy(ref, { ...by, overwrite: true, dryRun: true })
    assert.match(diff, /\*\*\*/)
    assert.doesNotMatch(diff, /server-edited/)
  })
})

describe('a dry run', () => {
  test('shows the difference and writes nothing', async () => {
    write('{"mcpServers":{"own":{"command":"secret-tool"}}}')
    await publish('memory')
    const before = await store.revision()
    const result = await orchestrator.deployments.deploy(ref, { ...by, dryRun: true })
    assert.deepEqual([result.status, result.deployedAt, result.backupPath], ['dry_run', null, null])
    assert.match(result.diff ?? '', /^\+.*"memory"/m)
    assert.equal(read(), '{"mcpServers":{"own":{"command":"secret-tool"}}}')
    assert.equal(await store.revision(), before)
    assert.equal(readdirSync(path.join(sandbox, 'home')).includes('backups'), false)
  })

  test("shows references unresolved, masks values, and nothing of the user's own entries", async () => {
    write('{"mcpServers":{"own":{"command":"secret-tool"}}}')
    await publish('github', {
      envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: token, GITHUB_TOOLSETS: 'plain-value' },
    })
    const { diff = '' } = await orchestrator.deployments.deploy(ref, { ...by, dryRun: true })
    assert.match(diff, /\$\{secret:cursor\/default\/github\/GITHUB_PERSONAL_ACCESS_TOKEN\}/)
    for (const hidden of [token, 'plain-value', 'secret-tool'])
      assert.equal(diff.includes(hidden), false, hidden)
  })

  test('of what is deployed already is empty', async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    assert.equal((await orchestrator.deployments.deploy(ref, { ...by, dryRun: true })).diff, '')
  })

  test('shows what is taken out as its release had it', async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
    await orchestrator.drafts.clear(ref)
    await orchestrator.releases.publish(ref)
    const { diff = '' } = await orchestrator.deployments.deploy(ref, { ...by, dryRun: true })
    assert.match(diff, /^-.*server-memory/m)
  })
})

describe('the state of what is deployed', () => {
  beforeEach(async () => {
    await publish('memory')
    await orchestrator.deployments.deploy(ref, by)
  })

  async function state() {
    return (await orchestrator.deployments.current('cursor'))?.fileState
  }

  test('is in_sync, with who deployed it and when', async () => {
    const current = await orchestrator.deployments.current('cursor')
    assert.equal(current?.fileState, 'in_sync')
    assert.equal(current?.deployedBy, 'library')
    assert.equal(Number.isNaN(Date.parse(current?.deployedAt ?? '')), false)
  })

  test('is missing when the file is gone', async () => {
    rmSync(file)
    assert.equal(await state(), 'missing')
  })

  test('is unreadable when it can not be parsed', async () => {
    writeFileSync(file, '{')
    assert.equal(await state(), 'unreadable')
  })
})

describe('two deploys at once', () => {
  test('end with one of them in the file, and the record says which', async () => {
    const work = { ...ref, profileId: 'work' }
    await publish('memory')
    await publish('time', {}, work)
    const other = open({ ...store }) // as another process would be: nothing queues the two
    const outcomes = await Promise.allSettled([
      orchestrator.deployments.deploy(ref, by),
      other.deployments.deploy(work, by),
      orchestrator.deployments.deploy(ref, by),
      other.deployments.deploy(work, by),
    ])
    await other.close()
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'config_file_changed')
    }
    const current = await orchestrator.deployments.current('cursor')
    assert.deepEqual(names(), [current?.profileId === 'work' ? 'time' : 'memory'])
    assert.equal(current?.fileState, 'in_sync')
  })

  test('take what the other one has just written for that, and not for an entry of the user', async () => {
    const work = { ...ref, profileId: 'work' }
    await publish('memory')
    await publish('time', { serverName: 'memory' }, work)
    const other = open({ ...store, get: overtaken })
    assert.deepEqual((await other.deployments.deploy(work, by)).written, ['memory'])
    await other.close()
    assert.match(read(), /time/)

    /** Between the look at the record and that at the file, another process deploys. */
    async function overtaken(key: string) {
      const entry = await store.get(key)
      if (key.startsWith('deployments/') && !entry) await orchestrator.deployments.deploy(ref, by)
      return entry
    }
  })

  test('are not mixed up by a look in between', async () => {
    const work = { ...ref, profileId: 'work' }
    await publish('memory')
    await publish('time', {}, work)
    await orchestrator.deployments.deploy(ref, by)
    let isOvertaken = false
    const other = open({
      ...store,
      async get(key) {
        const entry = await store.get(key)
        if (key.startsWith('deployments/') && !isOvertaken) {
          isOvertaken = true
          await orchestrator.deployments.deploy(work, by)
        }
        return entry
      },
    })
    const current = await other.deployments.current('cursor')
    await other.close()
    assert.deepEqual([current?.profileId, current?.fileState], ['work', 'in_sync'])
  })
})

describe('a crash', () => {
  test('between the file and its record is made good by the next look', async () => {
    await publish('memory')
    const dying: Store = { ...store, commit: failFrom(2) }
    const crashing = open(dying)
    await assert.rejects(crashing.deployments.deploy(ref, by), /the process died/)
    await crashing.close()
    const current = await orchestrator.deployments.current('cursor')
    assert.deepEqual([current?.sequence, current?.fileState], [1, 'in_sync'])
    await orchestrator.drafts.clear(ref)
    await orchestrator.releases.publish(ref)
    const { removed } = await orchestrator.deployments.deploy(ref, by)
    assert.deepEqual(removed, ['memory'])
  })

  test('is not forgotten by a later deploy that is refused', async () => {
    await publish('memory')
    const crashing = open({ ...store, commit: failFrom(2) })
    await assert.rejects(crashing.deployments.deploy(ref, by), /the process died/)
    await crashing.close()
    await publish('time')
    const meddling = open({ ...store, commit: changing(file) })
    await assert.rejects(meddling.deployments.deploy(ref, by), { code: 'config_file_changed' })
    await meddling.close()
    await orchestrator.drafts.clear(ref)
    await orchestrator.releases.publish(ref)
    assert.deepEqual((await orchestrator.deployments.deploy(ref, by)).removed, ['memory'])
  })

  test('before the file is replaced leaves the entries that were to go managed', async () => {
    await publish('memory')
    await publish('time')
    await orchestrator.deployments.deploy(ref, by)
    await orchestrator.drafts.remove(ref, 'time')
    await orchestrator.releases.publish(ref)
    const text = read()
    const crashing = open({ ...store, commit: changing(file) })
    await assert.rejects(crashing.deployments.deploy(ref, by), { code: 'config_file_changed' })
    await crashing.close()
    writeFileSync(file, text)
    assert.deepEqual((await orchestrator.deployments.deploy(ref, by)).removed, ['time'])
  })

  test('is made good, too, when another process had announced a deploy in between', async () => {
    const work = { ...ref, profileId: 'work' }
    await publish('memory')
    await publish('time', {}, work)
    const other = open({ ...store, commit: dyingAfter(1, dies) })
    const crossed = () => assert.rejects(other.deployments.deploy(work, by), /the process died/)
    const crashing = open({ ...store, commit: dyingAfter(1, crossed) })
    await assert.rejects(crashing.deployments.deploy(ref, by), /the process died/)
    await Promise.all([crashing.close(), other.close()])
    const current = await orchestrator.deployments.current('cursor')
    assert.deepEqual([current?.profileId, current?.fileState, names()], ['default', 'in_sync', ['memory']])
    assert.deepEqual((await orchestrator.deployments.deploy(work, by)).removed, ['memory'])
  })

  test('is made good when an earlier version announced the deploy', async () => {
    await publish('memory')
    const crashing = open({ ...store, commit: failFrom(2) })
    await assert.rejects(crashing.deployments.deploy(ref, by), /the process died/)
    await crashing.close()
    const [entry] = await store.list('deployments/')
    assert.ok(entry)
    const { pending, ...rest } = entry.value as { readonly pending: readonly JsonObject[] }
    await store.commit({ put: { [entry.key]: { ...rest, pending: pending[0] ?? null } } })
    const current = await orchestrator.deployments.current('cursor')
    assert.deepEqual([current?.sequence, current?.fileState], [1, 'in_sync'])
  })

  async function dies(): Promise<never> {
    throw new Error('the process died')
  }

  /** So many commits go through, the last of them with something else happening after it; no other does. */
  function dyingAfter(count: number, then: () => Promise<unknown>): Store['commit'] {
    let calls = 0
    return async (change: Change) => {
      calls += 1
      if (calls > count) throw new Error('the process died')
      const result = await store.commit(change)
      if (calls === count) await then()
      return result
    }
  }

  /** Another program adds a line break to the file right after the announcement; what follows it is never committed. */
  function changing(path: string): Store['commit'] {
    let calls = 0
    return async (change: Change) => {
      calls += 1
      if (calls > 1) throw new Error('the process died')
      const result = await store.commit(change)
      writeFileSync(path, `${readFileSync(path, 'utf8')}\n`)
      return result
    }
  }

  /** The announcement goes through, the record of the finished write doesn't. */
  function failFrom(call: number): Store['commit'] {
    let calls = 0
    return async (change: Change) => {
      calls += 1
      if (calls >= call) throw new Error('the process died')
      return await store.commit(change)
    }
  }
})

test('a client has no config path where it does not exist', async () => {
  const elsewhere = createOrchestrator({ home: sandbox, store: 'memory', env: {}, platform: 'linux' })
  assert.equal(await elsewhere.deployments.configPath('cursor'), null)
  await elsewhere.close()
})
