import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isPackageName, packageOf } from '../../src/drafts/package-runner.ts'

describe('packageOf', () => {
  for (const [line, name] of [
    ['npx -y notes-mcp', 'notes-mcp'],
    ['npx -y notes-mcp@1.2.3 --db x', 'notes-mcp'],
    ['npx @acme/notes@latest', '@acme/notes'],
    ['npx --registry https://npm.example.com --yes notes-mcp', 'notes-mcp'],
    ['npx --registry=https://npm.example.com notes-mcp', 'notes-mcp'],
    ['npx -p notes-mcp notes', 'notes-mcp'],
    ['npx --package=notes-mcp@2 notes', 'notes-mcp'],
    ['npx -y -- notes-mcp', 'notes-mcp'],
    ['/usr/local/bin/npx notes-mcp', 'notes-mcp'],
    ['C:\\nodejs\\NPX.CMD notes-mcp', 'notes-mcp'],
    ['npm exec notes-mcp', 'notes-mcp'],
    ['pnpm dlx notes-mcp', 'notes-mcp'],
    ['yarn dlx notes-mcp', 'notes-mcp'],
    ['bunx notes-mcp', 'notes-mcp'],
    ['bun x notes-mcp', 'notes-mcp'],
    ['uvx mcp-server-time', 'mcp-server-time'],
    ['uvx mcp_server.Time@1.0', 'mcp-server-time'],
    ['uvx --python 3.13 mcp-server-time==1.0', 'mcp-server-time'],
    ['uvx --from mcp-server-time[extra]>=1 time', 'mcp-server-time'],
    ['uv tool run mcp-server-time', 'mcp-server-time'],
    ['pipx run mcp-server-time', 'mcp-server-time'],
    ['docker run -i --rm -e TOKEN ghcr.io/acme/notes:1.2', 'ghcr.io/acme/notes'],
    ['docker run localhost:5000/notes@sha256:00ff', 'localhost:5000/notes'],
    ['podman run --volume=/x:/y acme/notes', 'acme/notes'],
  ] as const) {
    test(`${line} runs ${name}`, () => assert.equal(run(line)?.package, name))
  }

  for (const line of [
    'node index.js',
    'npm install notes-mcp',
    'uv run notes',
    'docker ps',
    'npxx notes-mcp',
    'bun notes.ts',
  ]) {
    test(`${line} fetches nothing`, () => assert.equal(run(line), undefined))
  }

  for (const line of ['npx', 'npx -y', 'uvx --from', 'docker run -i --rm']) {
    test(`${line} names none`, () => assert.equal(run(line)?.package, undefined))
  }

  test('it says by which argument, and what runs it', () => {
    assert.deepEqual(run('uv tool run --from notes n'), { runner: 'uv tool run', package: 'notes', index: 3 })
    assert.deepEqual(run('npx --package=notes n'), { runner: 'npx', package: 'notes', index: 0 })
    assert.deepEqual(run('uvx --from'), { runner: 'uvx', package: undefined, index: undefined })
    assert.deepEqual(run('npx'), { runner: 'npx', package: undefined, index: undefined })
  })
})

describe('isPackageName', () => {
  for (const name of ['notes-mcp', '@acme/notes', 'ghcr.io/acme/notes']) {
    test(`${name} can be shown`, () => assert.equal(isPackageName(name), true))
  }
  for (const name of [
    undefined,
    '',
    './notes',
    'git+https://priya:hunter2@example.com/notes',
    'a'.repeat(300),
  ]) {
    test(`${String(name).slice(0, 50)} cannot`, () => assert.equal(isPackageName(name), false))
  }
})

function run(line: string) {
  const [command = '', ...args] = line.split(' ')
  return packageOf(command, args)
}
