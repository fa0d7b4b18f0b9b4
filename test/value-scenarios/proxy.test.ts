import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { freePort } from '../../step_definitions/support/sockets.ts'
import { proxyFiles, startProxy } from '../../value-scenarios/support/deployment/proxy.ts'
import { createStage } from '../../value-scenarios/support/stage.ts'

test('a proxy that listens elsewhere than the guide says is ended', async (t) => {
  const stage = await createStage('Omar')
  t.after(() => stage.remove())
  const elsewhere = await freePort()
  const file = stage.at(proxyFiles.nginx)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `server { listen ${elsewhere}; }\n`)
  await assert.rejects(startProxy('nginx', stage, { timeoutMs: 500 }), /nginx does not listen/)
  assert.equal(await answers(elsewhere), false)
})

test('a proxy that ends by itself is not waited for', async (t) => {
  const stage = await createStage('Omar')
  t.after(() => stage.remove())
  const file = stage.at(proxyFiles.nginx)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, 'sever {}\n')
  const started = performance.now()
  await assert.rejects(startProxy('nginx', stage), /nginx does not listen[\s\S]*unknown directive "sever"/)
  assert.ok(performance.now() - started < 5_000)
})

function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}
