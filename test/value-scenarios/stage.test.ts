import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createStage, type Stage } from '../../value-scenarios/support/stage.ts'

describe('A stage', () => {
  let stage: Stage
  before(async () => {
    stage = await createStage('Priya')
  })
  after(() => stage.remove())

  for (const text of [
    'http://127.0.0.1:8000/v1',
    'http://localhost:8000',
    'ports: [::]:8000',
    ':8000 {',
    '--port 8000',
    '--port=8000',
    'PORT=8000',
    'MCP_ORCHESTRATION_PORT=8000',
    '{ port: 8000 }',
    '"port":8000',
    "'port': 8000",
    'listen 8000 ssl',
    'server.listen(8000)',
  ])
    test(`has a free port for the one in: ${text}`, () => {
      const staged = stage.toStage(text)
      assert.equal(staged, text.replace('8000', `${stage.port(8000)}`))
      assert.equal(stage.fromStage(staged), text)
    })

  for (const text of [
    '"count": 8000',
    '8000 servers',
    'x8000',
    '18:00:80',
    'v1.8000',
    '127.0.0.1:80000',
    '--port 8001',
    'GET /8000',
    'head -c 8000',
  ])
    test(`takes for no port the number in: ${text}`, () => {
      assert.equal(stage.toStage(text), text)
    })

  for (const text of [
    '/etc/nginx/nginx.conf',
    "'/var/lib/x'",
    'a=/srv',
    'cp /home/priya/a /opt/b',
    '"/tmp"',
    'root /srv/www;',
  ])
    test(`stands below its root, for: ${text}`, () => {
      const staged = stage.toStage(text)
      assert.equal(staged, text.replace(/\/(?=etc|var|srv|home|opt|tmp)/g, `${stage.root}/`))
      assert.equal(stage.fromStage(staged), text)
    })

  for (const text of [
    'https://example.com/etc/x',
    '$HOME/etc/x',
    '${HOME}/var',
    '~/opt',
    'a/etc/b',
    '/etcetera',
    '/usr/bin/env',
    '/v1/home',
  ])
    test(`leaves alone: ${text}`, () => {
      assert.equal(stage.toStage(text), text)
    })

  test('lets nothing of this machine reach the product', () => {
    const allowed = ['PATH', 'NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE']
    const inherited = Object.entries(stage.env).filter(([name, value]) => process.env[name] === value)
    const names = inherited.map(([name]) => name).filter((name) => !allowed.includes(name))
    assert.deepEqual(
      names.filter((name) => !['LANG', 'TZ', 'USER', 'LOGNAME'].includes(name)),
      [],
    )
    assert.ok(stage.env.HOME?.startsWith(stage.root))
  })
})
