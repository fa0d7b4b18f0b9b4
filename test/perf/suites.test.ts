import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { type Budget, complaintsOfStrays } from '../../perf/budgets.ts'

interface Listed {
  readonly names: readonly string[]
  readonly fullSeconds: number
  readonly quickSeconds: number
}

describe('the suites', async () => {
  const { names, fullSeconds, quickSeconds } = await listSuites()

  test('are meant to take less than 50 minutes in all, both soaks included', () => {
    assert.ok(fullSeconds > 2 * 600 && fullSeconds < 50 * 60, `${fullSeconds} s`)
  })

  test('are meant to take less than two minutes when it must be quick', () => {
    assert.ok(quickSeconds < 120, `${quickSeconds} s`)
  })

  test('have names of their own', () => {
    assert.equal(new Set(names).size, names.length)
  })

  test('are all that budgets.json speaks of', async () => {
    const budgets: readonly Budget[] = JSON.parse(
      await readFile(new URL('../../perf/budgets.json', import.meta.url), 'utf8'),
    )
    const named = names.map((name) => ({ name }))
    assert.deepEqual(complaintsOfStrays(budgets, named), [])
  })
})

async function listSuites(): Promise<Listed> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=mcp-orchestration-source',
    join(import.meta.dirname, 'suites-child.ts'),
  ])
  return JSON.parse(stdout)
}
