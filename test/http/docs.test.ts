import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fastify } from 'fastify'
import { docsFiles, readDocsFile } from '../../src/http/docs/docs-files.ts'
import { createHttpTransport } from '../../src/http/transport.ts'
import { call, createOrchestrator, serve } from './fixture.ts'

const pages = ['/docs', '/redoc']
const all = [
  '/openapi.json',
  ...pages,
  ...docsFiles.map(({ path }) => path),
  '/docs/page.js',
  '/redoc/page.css',
]

describe('the description of the API', () => {
  test('is there for everybody, with a tag', async (t) => {
    const served = await serve(t)
    const answer = await call(served, '/openapi.json', { token: null })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    assert.match(String(answer.headers.etag), /^"[\w-]{43}"$/)
    assert.equal(answer.json.openapi, '3.1.1')
    assert.deepEqual(Object.keys(answer.json.paths as object), [
      '/v1/notes',
      '/v1/notes/{note_id}',
      '/v1/notes/{note_id}/change',
      '/events',
    ])
    assert.equal((await call(served, '/openapi.json', { token: null })).text, answer.text)
  })

  test('needs no store', async (t) => {
    const served = await serve(t, { fail: new Error('the store is away') })
    assert.equal((await call(served, '/openapi.json', { token: null })).status, 200)
  })
})

describe('a page', () => {
  for (const path of pages)
    test(`at ${path} allows nothing but its own files`, async (t) => {
      const { headers, text, status } = await call(await serve(t), path, { token: null })
      assert.equal(status, 200)
      assert.equal(headers['content-type'], 'text/html; charset=utf-8')
      const policy = String(headers['content-security-policy'])
      const unsafe = path === '/redoc' ? ["style-src 'self' 'unsafe-inline'"] : []
      const directives = policy.split('; ')
      assert.ok(directives.includes("default-src 'none'"))
      assert.ok(directives.includes("script-src 'self'"))
      assert.ok(directives.includes("connect-src 'self'"))
      assert.deepEqual(
        directives.filter((each) => each.includes('unsafe')),
        unsafe,
      )
      assert.doesNotMatch(text, /https?:\/\/|="\/|<script>|<style|\son\w+=/)
    })

  test('finds each of its files, in words that a browser accepts', async (t) => {
    const served = await serve(t)
    for (const path of pages) {
      const { text } = await call(served, path, { token: null })
      const addresses = [...text.matchAll(/(?:src|stylesheet" href)="([^"]+)"/g)].map(
        ([, address]) => address,
      )
      assert.ok(addresses.length >= 3)
      for (const address of addresses) {
        const file = await call(served, `/${address}`, { token: null })
        assert.equal(file.status, 200, address)
        const type = address?.endsWith('.css') ? 'text/css' : 'text/javascript'
        assert.equal(file.headers['content-type'], `${type}; charset=utf-8`)
        assert.equal(file.headers['cache-control'], 'private, max-age=3600')
        assert.ok(file.text.length > 0)
      }
    }
  })

  test('asks no other host for a picture', async () => {
    const redoc = docsFiles.find(({ foreign }) => foreign !== undefined)
    assert.ok(redoc)
    const text = await readDocsFile(redoc)
    assert.doesNotMatch(text, /cdn\.redoc/)
    assert.match(text, /src:"data:,"/)
  })

  test('has no file that is nowhere', async () => {
    const [file] = docsFiles
    assert.ok(file)
    await assert.rejects(readDocsFile({ ...file, name: 'nothing.js', source: 'fastify/nothing.js' }), {
      code: 'ENOENT',
    })
  })
})

describe('who may see them', () => {
  test('is nobody when docs is false', async (t) => {
    const served = await serve(t, { docs: false })
    for (const path of all) assert.equal((await call(served, path)).status, 404, path)
    assert.equal((await call(served, '/health')).status, 200)
  })

  test('is whoever has a credential when docs is authenticated', async (t) => {
    const served = await serve(t, { docs: 'authenticated' })
    for (const path of all) {
      const refused = await call(served, path, { token: null })
      assert.equal(refused.status, 401, path)
      assert.equal(refused.json.code, 'authentication_required')
      assert.equal((await call(served, path)).status, 200, path)
    }
    assert.equal((await call(served, '/health', { token: null })).status, 200)
    assert.equal((await call(served, '/nothing', { token: null })).status, 404)
  })

  test('is everybody below the prefix of a host', async (t) => {
    const transport = createHttpTransport({ orchestrator: createOrchestrator(), logger: false })
    const app = fastify()
    app.register(transport.plugin, { prefix: '/tools' })
    t.after(() => app.close())
    for (const path of all) assert.equal((await app.inject(`/tools${path}`)).statusCode, 200, path)
    assert.equal((await app.inject('/docs')).statusCode, 404)
  })
})
