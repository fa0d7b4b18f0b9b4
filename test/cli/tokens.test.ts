import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { type ListedToken, toTokenTable } from '../../src/cli/token-table.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createSandbox, type Outcome, run, type Sandbox } from '../support/sandbox.ts'

const now = new Date('2026-11-22T10:00:00Z')

const listed: ListedToken = {
  token_id: 'tok_0123456789abcdef',
  name: 'CI',
  scopes: ['read', 'publish'],
  limits: { clients: ['zed'], profiles: ['cursor/work'] },
  expires_at: '2026-12-01T00:00:00.000Z',
  last_used_at: '2026-11-21T09:30:15.123Z',
  usage_count: 12,
  replaced_by: null,
}

describe('mcp-orchestration tokens list', () => {
  test('shows what there is, and never a token', async (context) => {
    const sandbox = await createSandbox(context)
    await using orchestrator = open(sandbox)
    const made = await orchestrator.tokens.generate({ name: 'CI', scopes: ['publish'] })
    const table = await tokens(sandbox, 'list')
    assert.match(table.stdout, new RegExp(`^ID .*\\n${made.record.id}  CI    publish  -  `))
    const json = await tokens(sandbox, 'list', '--json')
    const answer = JSON.parse(json.stdout)
    assert.deepEqual([answer.count, answer.tokens[0].token_id], [1, made.record.id])
    for (const { stdout, stderr, code } of [table, json]) {
      assert.equal(stdout.includes(made.token), false)
      assert.deepEqual([stderr, code], ['', 0])
    }
  })

  test('lists all of more than one page', async (context) => {
    const sandbox = await createSandbox(context)
    await using orchestrator = open(sandbox)
    for (let each = 0; each < 1_002; each += 1) await orchestrator.tokens.generate()
    const { stdout } = await tokens(sandbox, 'list', '--json')
    assert.equal(JSON.parse(stdout).tokens.length, 1_002)
  })

  test('has a column for each thing, below each other', () => {
    const table = toTokenTable(
      [
        listed,
        { ...listed, name: null, limits: null, expires_at: null, last_used_at: null, usage_count: 0 },
        {
          ...listed,
          name: '🔑',
          expires_at: '2026-11-22T10:00:00.000Z',
          replaced_by: 'tok_fedcba9876543210',
        },
      ],
      now,
    )
    assert.equal(
      table,
      [
        'ID                    NAME  SCOPES        LIMITED TO       GOOD UNTIL                                          USES  LAST USED',
        'tok_0123456789abcdef  CI    read,publish  zed,cursor/work  2026-12-01T00:00Z                                   12    2026-11-21T09:30Z',
        'tok_0123456789abcdef  -     read,publish  -                no end                                              0     never',
        'tok_0123456789abcdef  🔑     read,publish  zed,cursor/work  ended 2026-11-22T10:00Z, then tok_fedcba9876543210  12    2026-11-21T09:30Z',
        '',
      ].join('\n'),
    )
  })

  test('says how to make one where there is none', async (context) => {
    const { stdout, code } = await tokens(await createSandbox(context), 'list')
    assert.equal(stdout, 'There are no tokens. Make one: mcp-orchestration generate-token\n')
    assert.equal(code, 0)
  })
})

describe('mcp-orchestration tokens rotate', () => {
  test('prints the successor once, and until when the former one is good', async (context) => {
    const sandbox = await createSandbox(context)
    await using orchestrator = open(sandbox)
    const old = await orchestrator.tokens.generate({ name: 'CI' })
    const { stdout, stderr, code } = await tokens(sandbox, 'rotate', old.record.id, '--overlap', '1h')
    const { replacedBy, expiresAt } = await orchestrator.tokens.get(old.record.id)
    const [, token = ''] = /^New token: (\S{43})\n/.exec(stdout) ?? []
    assert.ok(stdout.includes(`Its id is ${replacedBy}.`))
    assert.ok(stdout.includes(`${old.record.id} is good until ${expiresAt}.`))
    assert.deepEqual([stderr, code], ['', 0])
    assert.equal((await orchestrator.tokens.verify(token))?.id, replacedBy)
    const again = await tokens(sandbox, 'rotate', old.record.id)
    assert.match(again.stderr, /^error: invalid_request: [^\n]*was rotated before[^\n]*\n$/)
    assert.deepEqual([again.stdout, again.code], ['', 1])
  })

  test('takes an end of its own, and answers JSON', async (context) => {
    const sandbox = await createSandbox(context)
    await using orchestrator = open(sandbox)
    const { record } = await orchestrator.tokens.generate()
    const args = ['--expires-at', '2999-01-31', '--overlap', '0s', '--json']
    const answer = JSON.parse((await tokens(sandbox, 'rotate', record.id, ...args)).stdout)
    assert.equal(answer.expires_at, '2999-01-31T00:00:00.000Z')
    assert.equal(answer.replaces.token_id, record.id)
  })
})

describe('mcp-orchestration tokens revoke', () => {
  test('ends a token', async (context) => {
    const sandbox = await createSandbox(context)
    await using orchestrator = open(sandbox)
    const { token, record } = await orchestrator.tokens.generate()
    const { stdout, code } = await tokens(sandbox, 'revoke', record.id)
    assert.deepEqual([stdout, code], [`Revoked ${record.id}.\n`, 0])
    assert.equal(await orchestrator.tokens.verify(token), undefined)
    const again = await tokens(sandbox, 'revoke', record.id)
    assert.match(again.stderr, /^error: token_not_found: [^\n]*\n$/)
    assert.equal(again.code, 1)
  })
})

describe('mcp-orchestration tokens', () => {
  const token = 'A'.repeat(43)
  for (const args of [
    ['revoke', token],
    ['rotate', token],
    ['revoke'],
    ['rotate', 'tok_0123456789abcdef', '--overlap', 'soon'],
    ['rotate', 'tok_0123456789abcdef', '--expires-in', '0d'],
    ['list', '--al'],
    ['lst'],
  ])
    test(`refuses ${args.join(' ').replace(token, '<token>')} in one line, with 2, and repeats no token`, async (context) => {
      const sandbox = await createSandbox(context)
      const { code, stdout, stderr } = await tokens(sandbox, ...args)
      assert.match(stderr, /^error: [^\n]+\n$/)
      assert.equal(stderr.includes(token), false)
      assert.deepEqual([code, stdout], [2, ''])
      assert.equal((await readdir(sandbox.folder)).includes('state'), false)
    })

  test('without a command shows what there is, with 2', async (context) => {
    const { code, stderr } = await tokens(await createSandbox(context))
    assert.match(stderr, /^Usage: mcp-orchestration tokens/)
    assert.equal(code, 2)
  })

  for (const args of [['list'], ['revoke', 'tok_0123456789abcdef'], ['rotate', 'tok_0123456789abcdef']])
    test(`${args[0]} refuses the memory store, which holds none`, async (context) => {
      const { code, stderr } = await tokens(await createSandbox(context), ...args, '--store', 'memory')
      assert.match(stderr, /^error: The memory store of this command holds no tokens[^\n]*\n$/)
      assert.equal(code, 1)
    })
})

function tokens(sandbox: Sandbox, ...args: readonly string[]): Promise<Outcome> {
  return run(sandbox, 'mcp-orchestration', ['tokens', ...args])
}

function open({ home }: Sandbox): Orchestrator {
  return createOrchestrator({ home, store: 'sqlite' })
}
