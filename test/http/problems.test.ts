import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ErrorCode, errorTitles, type Finding, OrchestrationError } from '../../src/errors.ts'
import { fromFramework } from '../../src/http/problems/framework-errors.ts'
import { problemHeaders, statuses, toHttpProblem } from '../../src/http/problems/problems.ts'

const codes = Object.keys(errorTitles) as ErrorCode[]

describe('the table of errors', () => {
  test('each code has exactly one status, as operations.md lists them', () => {
    const byStatus = Object.groupBy(codes, (code) => String(statuses[code]))
    assert.deepEqual(Object.keys(statuses).sort(), [...codes].sort())
    assert.deepEqual(
      { ...byStatus },
      {
        400: ['invalid_json', 'invalid_request', 'validation_failed'],
        401: ['authentication_required', 'invalid_credentials'],
        403: ['insufficient_scope', 'host_not_allowed', 'origin_not_allowed'],
        404: [
          'not_found',
          'client_not_found',
          'profile_not_found',
          'nothing_published',
          'server_not_found',
          'artifact_not_found',
          'server_not_in_draft',
          'token_not_found',
        ],
        405: ['method_not_allowed'],
        406: ['not_acceptable'],
        408: ['request_timeout'],
        409: [
          'server_already_in_draft',
          'signing_key_missing',
          'secret_unresolved',
          'config_entry_conflict',
          'config_file_changed',
          'config_file_unreadable',
          'idempotency_in_progress',
        ],
        412: ['precondition_failed'],
        413: ['body_too_large'],
        414: ['uri_too_long'],
        415: ['unsupported_media_type'],
        422: ['idempotency_key_reused'],
        429: ['rate_limited'],
        431: ['headers_too_large'],
        500: ['internal_error', 'write_failed', 'signature_invalid', 'artifact_corrupt'],
        503: ['store_unavailable', 'overloaded', 'shutting_down'],
      },
    )
  })

  test('each code has a title of its own', () => {
    assert.equal(new Set(Object.values(errorTitles)).size, codes.length)
  })

  test('a problem has the members of RFC 9457 and ours', () => {
    const errors: readonly Finding[] = [
      { code: 'required', pointer: '/server_id', message: '"server_id" is missing.' },
    ]
    const error = new OrchestrationError('invalid_request', '"server_id" is missing.', { errors })
    assert.deepEqual(toHttpProblem(error, 'one'), {
      type: 'urn:mcp-orchestration:problem:invalid_request',
      title: 'Invalid request',
      status: 400,
      detail: '"server_id" is missing.',
      code: 'invalid_request',
      request_id: 'one',
      errors,
    })
  })

  test('what a 5xx says never has the reason in it, whatever was thrown', () => {
    const secret = '/home/priya/.mcp-orchestration/store.sqlite of hunter2'
    const knowing: readonly ErrorCode[] = ['overloaded', 'shutting_down']
    const faults = codes.filter((code) => statuses[code] >= 500 && !knowing.includes(code))
    const thrown = [
      ...faults.map((code) => new OrchestrationError(code, secret)),
      new Error(secret),
      secret,
      undefined,
    ]
    for (const error of thrown) {
      const problem = toHttpProblem(error, 'one')
      assert.ok(problem.status >= 500)
      assert.doesNotMatch(JSON.stringify(problem), /priya|hunter2/)
      assert.ok(problem.detail.length > 0)
    }
  })

  test('only trouble that passes says when to try again', () => {
    const telling = codes.filter((code) => 'retry-after' in problemHeaders(code))
    assert.deepEqual(telling, ['idempotency_in_progress', 'store_unavailable', 'overloaded', 'shutting_down'])
    for (const code of telling) assert.match(problemHeaders(code)['retry-after'] ?? '', /^[1-9][0-9]*$/)
  })
})

describe('errors of the framework', () => {
  const codeOf = (error: unknown) => toHttpProblem(fromFramework(error, 1024), 'one').code

  test('what it blames on the request becomes one of our codes', () => {
    const blamed = (code: string, statusCode: number) =>
      Object.assign(new Error('theirs'), { code, statusCode })
    assert.equal(codeOf(blamed('FST_ERR_CTP_BODY_TOO_LARGE', 413)), 'body_too_large')
    assert.equal(codeOf(blamed('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415)), 'unsupported_media_type')
    assert.equal(codeOf(blamed('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400)), 'invalid_request')
    assert.equal(codeOf(blamed('FST_ERR_BAD_URL', 400)), 'invalid_request')
    assert.equal(codeOf(blamed('FST_ERR_SOMETHING_NEW', 422)), 'invalid_request')
    assert.equal(codeOf(blamed('ECONNRESET', 400)), 'invalid_request')
  })

  test('everything else is a fault of ours', () => {
    assert.equal(codeOf(new Error('no code')), 'internal_error')
    const strange = { code: 'constructor', statusCode: 400 }
    const broken = { code: 'FST_ERR_REP_INVALID_PAYLOAD_TYPE', statusCode: 500 }
    for (const error of [strange, broken, { code: 7 }, { statusCode: 404 }])
      assert.equal(codeOf(Object.assign(new Error('theirs'), error)), 'internal_error')
    assert.equal(codeOf('no error at all'), 'internal_error')
  })

  test('a body that is too large is told the limit', () => {
    const error = Object.assign(new Error(), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 })
    assert.match(toHttpProblem(fromFramework(error, 1024), 'one').detail, /1024 bytes/)
  })
})
