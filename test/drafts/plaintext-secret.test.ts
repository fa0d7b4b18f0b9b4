import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { looksSecret } from '../../src/drafts/plaintext-secret.ts'

/** Made up, in the form of the real ones. */
const tokens = [
  `ghp_${'a1B2'.repeat(9)}`,
  `github_pat_${'a1B2'.repeat(6)}_x`,
  `glpat-${'a1B2'.repeat(5)}`,
  `sk-${'a1B2'.repeat(5)}`,
  `sk-ant-api03-${'a1B2'.repeat(9)}`,
  `sk_live_${'a1B2'.repeat(5)}`,
  `xoxb-1234567890-${'a1B2'.repeat(5)}`,
  'AKIAIOSFODNN7EXAMPLE',
  `AIza${'a1B2'.repeat(8)}`,
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwcml5YSJ9.c2lnbmF0dXJl',
  `npm_${'a1B2'.repeat(9)}`,
  `tvly-dev-${'a1B2'.repeat(5)}`,
  '-----BEGIN OPENSSH PRIVATE KEY-----',
]

describe('what looks like a secret', () => {
  for (const token of tokens) {
    test(`by its form: ${token.slice(0, 12)}…`, () => {
      assert.equal(looksSecret(token), true)
      assert.equal(looksSecret(`--key=${token}`), true)
    })
  }

  for (const [name, value] of [
    ['GITHUB_TOKEN', 'hunter2'],
    ['TOKEN', 'hunter2'],
    ['PGPASSWORD', 'hunter2'],
    ['OPENAI_API_KEY', 'hunter2'],
    ['AWS_SECRET_ACCESS_KEY', 'hunter2'],
    ['CLIENT_SECRET', 'hunter2'],
    ['GITHUB_PAT', 'hunter2'],
    ['X-API-Key', 'hunter2'],
    ['Authorization', 'Basic aHVudGVyMg=='],
    ['Authorization', 'Bearer ${env:A}x'],
    ['Cookie', 'session=1'],
    ['--token', 'hunter2'],
    ['--apiKey', 'hunter2'],
  ] as const) {
    test(`by what it is called: ${name} ${value}`, () => assert.equal(looksSecret(value, name), true))
  }

  for (const text of [
    '--token=hunter2',
    'GITHUB_TOKEN=hunter2',
    'Authorization: Bearer hunter2',
    'https://mcp.example.com/mcp?v=1&api_key=hunter2',
    'Server=db;Password=hunter2;Port=1',
    '{"apiToken": "hunter2"}',
    'postgresql://priya:hunter2@db.example.com/notes',
    'redis://:hunter2@cache',
  ]) {
    test(`by the name inside the text: ${text}`, () => assert.equal(looksSecret(text), true))
  }

  test('by chance: 32 random bytes in hex or base64url', () => {
    const bytes = Buffer.from('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'hex')

    assert.equal(looksSecret(bytes.toString('hex')), true)
    assert.equal(looksSecret(`/s/${bytes.toString('base64url')}/mcp`), true)
  })

  test('by chance: hardly any random token goes unnoticed', () => {
    const noticed = Array.from({ length: 200 }, () => randomBytes(32).toString('base64url')).filter((text) =>
      looksSecret(text),
    )

    assert.ok(noticed.length > 150, `${noticed.length} of 200`)
  })
})

describe('what does not look like a secret', () => {
  for (const [value, name] of [
    ['${env:GITHUB_TOKEN}', 'GITHUB_TOKEN'],
    ['${secret:cursor/default/github/GITHUB_TOKEN}', 'GITHUB_TOKEN'],
    ['${input:token}', 'GITHUB_TOKEN'],
    ['Bearer ${env:TOKEN}', 'Authorization'],
    ['', 'GITHUB_TOKEN'],
    ['true', 'DISABLE_TOKEN'],
    ['1', 'USE_SECRET'],
    ['4096', 'MAX_TOKENS'],
    ['/run/secrets/token', 'GITHUB_TOKEN_FILE'],
    ['/home/priya/key.pem', 'PRIVATE_KEY_PATH'],
    ['--verbose', '--token'],
    ['priya', 'USER'],
    ['--token=${env:TOKEN}'],
    ['--api-key-env=OPENAI_API_KEY'],
    ['--header'],
    ['Authorization: Bearer ${env:TOKEN}'],
    ['Authorization:${AUTH_HEADER}'],
    ['postgresql://priya:${env:PASSWORD}@db.example.com/notes'],
    ['postgresql://priya@db.example.com:5432/notes'],
    ['http://localhost:8080/mcp?verbose=true'],
    ['@modelcontextprotocol/server-sequential-thinking@2025.12.18'],
    ['sk-learn-mcp-server'],
    ['/Users/priya/Library/Application Support/Some-Rather-Long-Name-Of-A-Vendor/notes'],
    ['my-organisation-production-cluster-read-only'],
    ['0f8fad5b-d9cb-469f-a165-70867728950e'],
    ['ghcr.io/example/notes@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['00000000000000000000000000000000'],
  ] as const) {
    test(`${value || 'nothing'} ${name ?? ''}`, () => assert.equal(looksSecret(value, name), false))
  }
})
