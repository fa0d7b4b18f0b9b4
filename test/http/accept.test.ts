import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accepts } from '../../src/http/routes/accept.ts'
import { call, serve } from './fixture.ts'

const json = ['application/json', 'application/problem+json']

describe('the Accept header', () => {
  for (const header of [
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'APPLICATION/JSON; charset=utf-8',
    'text/html, */*;q=0.1',
    'text/html, application/problem+json',
    'application/json;q=0, application/problem+json',
    'application/json;q=0.001',
  ])
    test(`${header === undefined ? 'none' : `"${header}"`} lets JSON through`, () => {
      assert.equal(accepts(header, json), true)
    })

  for (const header of [
    'text/html',
    'text/*',
    'application/xml',
    '*/*;q=0',
    'application/*;q=0, text/html',
    'application/json; q=0, application/problem+json; q=0.0, */*',
    'application/json-seq',
  ])
    test(`"${header}" does not`, () => {
      assert.equal(accepts(header, json), false)
    })

  test('a caller that wants no JSON is told before anything is done', async (t) => {
    const served = await serve(t)
    const answer = await call(served, '/v1/notes/one/change', {
      body: { text: 'new' },
      headers: { accept: 'text/html' },
    })
    assert.equal(answer.status, 406)
    assert.equal(answer.json.code, 'not_acceptable')
    assert.deepEqual(served.inputs, [])
  })
})
