import assert from 'node:assert/strict'
import { type Answer, jsonOf } from './http.ts'
import type { Reason } from './parameter-types.ts'

/** A problem document (RFC 9457) as it goes over HTTP. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly code: string
  readonly request_id: string
  readonly errors?: readonly { readonly code: string; readonly pointer: string; readonly message: string }[]
}

/** The answer refuses for this reason, in the one form that every refusal has. */
export function assertProblem(answer: Answer, status: number, reason: Reason): Problem {
  assert.equal(answer.status, status, answer.text)
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json\b/)
  const problem = jsonOf<Problem>(answer)
  assert.equal(problem.status, status)
  assert.equal(problem.code, reason.code)
  assert.equal(problem.title, reason.title)
  assert.match(problem.detail, /\S/)
  assert.match(problem.request_id, /\S/)
  return problem
}
