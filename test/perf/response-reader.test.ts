import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { statusOfComplete } from '../../perf/measure/response-reader.ts'

describe('a response is complete', () => {
  for (const [what, text, status] of [
    ['with as many bytes as it says', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', 200],
    ['not before its last byte', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{', undefined],
    ['not before the end of its headers', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n', undefined],
    ['with its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 200],
    ['not with another chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n', undefined],
    ['without a body, where 304 has none', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n', 304],
  ] as const)
    test(what, () => {
      assert.equal(statusOfComplete(text), status)
    })
})
