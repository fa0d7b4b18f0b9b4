import assert from 'node:assert/strict'
import { Then } from '@cucumber/cucumber'
import { jsonOf } from './support/http.ts'
import type { Reason } from './support/parameter-types.ts'
import { assertProblem, type Problem } from './support/problem.ts'
import { takeSnapshot } from './support/snapshot.ts'
import type { World } from './support/world.ts'

Then<World>('it is answered with {int}', function (status: number) {
  assert.equal(this.answer().status, status, this.answer().text)
})

Then<World>('it is refused with {int} {reason}', function (status: number, reason: Reason) {
  assertProblem(this.answer(), status, reason)
})

Then<World>('each is refused with {int} {reason}', function (status: number, reason: Reason) {
  const answers = this.outcome('answers')
  assert.ok(answers.length > 1, `${answers.length} answers.`)
  for (const answer of answers) assertProblem(answer, status, reason)
})

Then<World>('the first error points at {string}', function (pointer: string) {
  assert.equal(jsonOf<Problem>(this.answer()).errors?.[0]?.pointer, pointer)
})

Then<World>('the detail repeats {string}', function (value: string) {
  assert.ok(jsonOf<Problem>(this.answer()).detail.includes(value))
})

Then<World>('each finding of the validation is listed with code, pointer and message', function () {
  const { errors = [] } = jsonOf<Problem>(this.answer())
  const places = errors.map(({ code, pointer }) => `${code} ${pointer}`)
  assert.deepEqual(places, [
    'unsupported_transport /mcpServers/first/type',
    'unsupported_transport /mcpServers/second/type',
  ])
  for (const { message } of errors) assert.match(message, /sse/)
})

Then<World>('nothing has changed', async function () {
  const after = await takeSnapshot(this.sandbox, this.orchestrator)
  assert.deepEqual(after, this.attempted().before)
})
