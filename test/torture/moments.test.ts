import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { createDice } from './dice.ts'
import { createWire, drawMoment, killAt } from './moments.ts'

describe('the moment of a kill', () => {
  test('any time comes by itself', async () => {
    let kills = 0
    const came = await killAt({ kind: 'any time', afterMs: 1 }, createWire(), () => void kills++)
    assert.deepEqual([came, kills], [true, 1])
  })

  test('half a file comes with the file whose turn it is, while that is still there', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-moments-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const killed = Promise.withResolvers<void>()
    const killing = killAt({ kind: 'half a file', folder, nth: 2 }, createWire(), killed.resolve, 20_000)
    for (const name of ['1.tmp', 'other', '2.tmp']) await writeFile(path.join(folder, name), '')
    await killed.promise
    assert.equal(await killing, true)
  })

  test('half a request comes with the request whose turn it is', async () => {
    const wire = createWire()
    const killed = Promise.withResolvers<void>()
    const moment = { kind: 'half a request', pathEnd: '/deploy', nth: 2, afterPercent: 50 } as const
    const killing = killAt(moment, wire, killed.resolve, 20_000)
    for (const end of ['deploy', 'publish', 'deploy']) wire.sent(`/v1/config/cursor/default/${end}`)()
    await killed.promise
    assert.equal(await killing, true)
  })

  test('that does not come is not waited for', async () => {
    let kills = 0
    const moment = { kind: 'half a request', pathEnd: '/deploy', nth: 1, afterPercent: 0 } as const
    const came = await killAt(moment, createWire(), () => void kills++, 1)
    assert.deepEqual([came, kills], [false, 1])
  })

  test('is of every kind, sooner or later', () => {
    const dice = createDice(1)
    const kinds = new Set(Array.from({ length: 100 }, () => drawMoment(dice, ['folder']).kind))
    assert.deepEqual([...kinds].sort(), ['any time', 'half a file', 'half a request'])
  })
})
