import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback, toBaseUrl } from '../../src/http/address.ts'

test('loopback hosts are those that only this machine reaches', () => {
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', 'localhost', 'api.localhost'])
    assert.equal(isLoopback(host), true, host)
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.7',
    '128.0.0.1',
    '::ffff:10.0.0.7',
    'fe80::1',
    'example.org',
    'localhost.example.org',
  ])
    assert.equal(isLoopback(host), false, host)
})

test('the base URL is one that this machine can open', () => {
  assert.equal(toBaseUrl('127.0.0.1', 8000), 'http://127.0.0.1:8000')
  assert.equal(toBaseUrl('localhost', 8000), 'http://localhost:8000')
  assert.equal(toBaseUrl('0.0.0.0', 8000), 'http://127.0.0.1:8000')
  assert.equal(toBaseUrl('::', 8000), 'http://[::1]:8000')
  assert.equal(toBaseUrl('::1', 8000), 'http://[::1]:8000')
})
