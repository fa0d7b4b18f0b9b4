import assert from 'node:assert/strict'
import { type DataTable, Given, Then } from '@cucumber/cucumber'
import type { JsonObject, ProfileRef } from '../../src/index.ts'
import type { World } from '../support/world.ts'

interface Finding {
  readonly code: string
  readonly pointer: string
  readonly severity: string
  readonly message: string
}

interface Validation {
  readonly valid: boolean
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

Given<World>(
  'another hand has written this draft of {profile} into the store:',
  async function ({ clientId, profileId }: ProfileRef, text: string) {
    const mcpServers = JSON.parse(text) as JsonObject
    const draft = { mcpServers, updatedAt: new Date().toISOString() }
    await this.orchestrator.store.commit({ put: { [`drafts/${clientId}/${profileId}`]: draft } })
  },
)

Then<World>('it is not valid, for these errors:', function (table: DataTable) {
  const { valid, errors } = this.result<Validation>()
  assert.equal(valid, false)
  assertFindings(errors, 'error', table)
})

Then<World>('it is valid, with these warnings:', function (table: DataTable) {
  const { valid, errors, warnings } = this.result<Validation>()
  assert.deepEqual([valid, errors], [true, []])
  assertFindings(warnings, 'warning', table)
})

Then<World>('there is no warning', function () {
  assert.deepEqual(this.result<Validation>().warnings, [])
})

function assertFindings(findings: readonly Finding[], severity: string, table: DataTable): void {
  assert.deepEqual(
    findings.map(({ code, pointer }) => [code, pointer]),
    table.raw(),
  )
  for (const finding of findings) {
    assert.equal(finding.severity, severity)
    assert.match(finding.message, /\S/)
  }
}
