import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CommandError, complaintLines, toUsageError, UsageError } from '../../src/cli/complaint.ts'
import { adviseOnCredentials, firstTokenText, howToGetIn } from '../../src/cli/first-token.ts'
import { toListenError } from '../../src/cli/listen-error.ts'
import { type Finding, OrchestrationError } from '../../src/errors.ts'

describe('a complaint', () => {
  test('is one line with the code, whatever the findings', () => {
    const errors: readonly Finding[] = [
      { code: 'missing_parameter', pointer: '/params/path', message: 'The path is missing.\nGive it.' },
    ]
    assert.deepEqual(complain(new OrchestrationError('validation_failed', 'Not valid.', { errors })), [
      'error: validation_failed: Not valid.',
    ])
  })

  test('stays one line when the value that it quotes has line breaks', () => {
    assert.deepEqual(complain(new OrchestrationError('client_not_found', 'No client "a\r\nb".')), [
      'error: client_not_found: No client "a b".',
    ])
  })

  test('tells whoever sits at the machine the reason of a fault', () => {
    const cause = new Error("EACCES: permission denied, open '/srv/keys/signing.pem'")
    assert.deepEqual(
      complain(new OrchestrationError('write_failed', 'The key could not be written.', { cause })),
      [
        "error: write_failed: The key could not be written. (EACCES: permission denied, open '/srv/keys/signing.pem')",
      ],
    )
  })

  test('keeps the reason of what is no fault to itself', () => {
    const cause = new Error('lookup detail')
    assert.deepEqual(complain(new OrchestrationError('client_not_found', 'No client "x".', { cause })), [
      'error: client_not_found: No client "x".',
    ])
  })

  test('of something unforeseen says how to see more, and shows no stack', () => {
    assert.deepEqual(complain(new TypeError('x is not a function')), [
      'error: internal_error: x is not a function (with --log-level debug the stack is shown)',
    ])
    assert.match(String(complain('thrown text')), /^error: internal_error: Something failed\./)
  })

  test('when debugging is the error with its stack and its cause', () => {
    const error = new OrchestrationError('write_failed', 'No.', { cause: new Error('EACCES') })
    for (const logLevel of ['debug', 'trace'] as const) {
      assert.match(String(complaintLines(error, { logLevel })), /No\.\n {4}at [\s\S]*EACCES/)
    }
  })
})

describe('wrong usage that only a room could tell', () => {
  test('is what an operation would call an invalid request', () => {
    const refused = new OrchestrationError('invalid_request', 'The name is empty.')
    const error = toUsageError(refused)
    assert.ok(error instanceof UsageError)
    assert.deepEqual(complain(error), ['error: The name is empty.'])
    assert.equal(error.cause, refused)
  })

  test('is no other failure', () => {
    for (const error of [new OrchestrationError('store_unavailable', 'Locked.'), new Error('x'), 'text']) {
      assert.equal(toUsageError(error), error)
    }
  })
})

describe('a server that cannot listen', () => {
  for (const [code, sentence] of [
    ['EADDRINUSE', /^Address already in use: 127\.0\.0\.1:8000\. .*--port/],
    ['EACCES', /^Not allowed to listen on 127\.0\.0\.1:8000\. .*--port/],
    ['EADDRNOTAVAIL', /^This machine has no address for 127\.0\.0\.1:8000\. .*--host/],
    ['ENOTFOUND', /^The host of 127\.0\.0\.1:8000 is not known\. .*--host/],
  ] as const) {
    test(`says what to do about ${code}`, () => {
      const error = toListenError(Object.assign(new Error('listen'), { code }), {
        host: '127.0.0.1',
        port: 8000,
      })
      assert.ok(error instanceof CommandError)
      assert.match(error.message, sentence)
    })
  }

  test('writes an IPv6 address in brackets', () => {
    const error = toListenError(Object.assign(new Error('listen'), { code: 'EADDRINUSE' }), {
      host: '::1',
      port: 80,
    })
    assert.match(String(error), /in use: \[::1\]:80\./)
  })

  test('leaves any other error as it is', () => {
    for (const error of [new Error('other'), Object.assign(new Error('x'), { code: 'EOTHER' }), 'text']) {
      assert.equal(toListenError(error, { host: '127.0.0.1', port: 8000 }), error)
    }
  })
})

describe('a server without any credential', () => {
  const nothing = { hasApiKey: false, hasToken: false }

  test('shows a token to the person at the terminal', () => {
    assert.equal(adviseOnCredentials({ ...nothing, isOnTerminal: true }), 'show')
  })

  test('makes none where its output may be kept, but tells the log how', () => {
    assert.equal(adviseOnCredentials({ ...nothing, isOnTerminal: false }), 'tell')
  })

  test('is not one that has a token or an API key', () => {
    assert.equal(adviseOnCredentials({ hasApiKey: false, hasToken: true, isOnTerminal: true }), 'nothing')
    assert.equal(adviseOnCredentials({ hasApiKey: true, hasToken: false, isOnTerminal: true }), 'nothing')
    assert.equal(adviseOnCredentials({ hasApiKey: true, hasToken: true, isOnTerminal: false }), 'nothing')
  })

  test('gives a line to paste with the token', () => {
    assert.match(
      firstTokenText('abc', 'http://127.0.0.1:8000'),
      /curl -H 'Authorization: Bearer abc' http:\/\/127\.0\.0\.1:8000\/v1\/clients/,
    )
  })

  test('on the memory store is opened by an API key, since no command reaches it', () => {
    assert.match(howToGetIn('memory', '/srv/state'), /MCP_ORCHESTRATION_API_KEY/)
    assert.match(howToGetIn('sqlite', '/srv/state'), /mcp-orchestration-generate-token --home "\/srv\/state"/)
  })
})

function complain(error: unknown): readonly string[] {
  return complaintLines(error, { logLevel: 'info' })
}
