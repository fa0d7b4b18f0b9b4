import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toManagedEntries } from '../../src/deployments/deployment.ts'
import { type PlanInput, planDeploy } from '../../src/deployments/plan.ts'
import type { JsonObject, JsonValue } from '../../src/vocabulary.ts'

const notes = { command: 'notes', args: ['--all'] }
const memory = { command: 'memory' }

function input(parts: {
  file?: Record<string, JsonValue>
  managed?: Record<string, JsonValue>
  wanted?: Record<string, JsonObject>
  overwrite?: boolean
}): PlanInput {
  return {
    entries: new Map(Object.entries(parts.file ?? {})),
    managed: toManagedEntries(new Map(Object.entries(parts.managed ?? {})), 'salt'),
    wanted: new Map(Object.entries(parts.wanted ?? {})),
    overwrite: parts.overwrite ?? false,
  }
}

function planned(parts: Parameters<typeof input>[0]) {
  const planning = planDeploy(input(parts))
  assert.ok(planning.ok, JSON.stringify(planning))
  const { written, removed, kept, managed } = planning.plan
  return { written, removed, kept, managed: [...managed.keys()] }
}

function conflictsOf(parts: Parameters<typeof input>[0]) {
  const planning = planDeploy(input(parts))
  assert.ok(!planning.ok, 'the plan should be refused')
  return planning.conflicts.map(({ code, pointer }) => ({ code, pointer }))
}

describe("a user's own entry", () => {
  test('is a conflict when it differs from the wanted one', () => {
    const conflicts = conflictsOf({ file: { notes: memory }, wanted: { notes } })
    assert.deepEqual(conflicts, [{ code: 'user_entry', pointer: '/mcpServers/notes' }])
  })

  test('is a conflict even with overwrite', () => {
    const conflicts = conflictsOf({ file: { notes: memory }, wanted: { notes }, overwrite: true })
    assert.deepEqual(conflicts, [{ code: 'user_entry', pointer: '/mcpServers/notes' }])
  })

  test("stays the user's when it is equal, whatever the order of its keys", () => {
    const plan = planned({ file: { notes: { args: ['--all'], command: 'notes' } }, wanted: { notes } })
    assert.deepEqual(plan, { written: [], removed: [], kept: ['notes'], managed: [] })
  })

  test('is left alone when nothing of that name is wanted', () => {
    const plan = planned({ file: { mine: memory }, wanted: { notes } })
    assert.deepEqual(plan, { written: ['notes'], removed: [], kept: [], managed: ['notes'] })
  })
})

describe('a managed entry', () => {
  test('is replaced when it is as it was written', () => {
    const plan = planned({ file: { notes: memory }, managed: { notes: memory }, wanted: { notes } })
    assert.deepEqual(plan, { written: ['notes'], removed: [], kept: [], managed: ['notes'] })
  })

  test('is removed when it is wanted no more', () => {
    const plan = planned({ file: { notes, memory }, managed: { notes, memory }, wanted: { memory } })
    assert.deepEqual(plan, { written: [], removed: ['notes'], kept: ['memory'], managed: ['memory'] })
  })

  test('that is gone from the file is written again', () => {
    const plan = planned({ file: {}, managed: { notes }, wanted: { notes } })
    assert.deepEqual(plan, { written: ['notes'], removed: [], kept: [], managed: ['notes'] })
  })

  test('that is gone and wanted no more needs nothing', () => {
    const plan = planned({ file: {}, managed: { notes }, wanted: {} })
    assert.deepEqual(plan, { written: [], removed: [], kept: [], managed: [] })
  })

  test('that was edited by hand is a conflict, to replace and to remove', () => {
    const file = { notes: { command: 'edited' }, memory: { command: 'edited too' } }
    const conflicts = conflictsOf({ file, managed: { notes, memory }, wanted: { notes: { command: 'new' } } })
    assert.deepEqual(conflicts, [
      { code: 'edited_entry', pointer: '/mcpServers/notes' },
      { code: 'edited_entry', pointer: '/mcpServers/memory' },
    ])
  })

  test('that was edited by hand is replaced and removed with overwrite', () => {
    const file = { notes: { command: 'edited' }, memory: { command: 'edited too' } }
    const plan = planned({ file, managed: { notes, memory }, wanted: { notes }, overwrite: true })
    assert.deepEqual(plan, { written: ['notes'], removed: ['memory'], kept: [], managed: ['notes'] })
  })

  test('that was edited to what is wanted now is kept and stays managed', () => {
    const plan = planned({ file: { notes }, managed: { notes: memory }, wanted: { notes } })
    assert.deepEqual(plan, { written: [], removed: [], kept: ['notes'], managed: ['notes'] })
  })
})
