import assert from 'node:assert/strict'
import { type DataTable, Then } from '@cucumber/cucumber'
import type { Reason } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

Then<World>('it is refused: {reason}', function ({ code }: Reason) {
  const refusal = this.refusal()
  assert.equal(refusal.code, code, refusal.message)
})

Then<World>('the reason names {string}', function (text: string) {
  const { message } = this.refusal()
  assert.ok(message.includes(text), message)
})

Then<World>('the reason does not name {string}', function (text: string) {
  const { message, findings } = this.refusal()
  const said = [message, ...findings.map((finding) => finding.message)].join('\n')
  assert.ok(!said.includes(text), said)
})

Then<World>('the findings are:', function (table: DataTable) {
  const { findings } = this.refusal()
  assert.deepEqual(
    findings.map(({ code, pointer }) => [code, pointer]),
    table.raw(),
  )
  for (const { message } of findings) assert.match(message, /\S/)
})

Then<World>('the answer does not repeat {string}', function (text: string) {
  const answer = JSON.stringify(this.result())
  assert.ok(!answer.includes(text), answer)
})
