import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { Given, Then, When } from '@cucumber/cucumber'
import { type LocalServer, startFailingServer } from '../support/authentication/local-server.ts'
import { fileIn } from '../support/guides/guide-file.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

interface ProgramRun {
  readonly stdout: string
  readonly tookMs: number
}

const serving = createKept<LocalServer>('a server')
const ran = createKept<ProgramRun>('a program that was run')

Given<World>('{person} has a server whose store does not answer at first', async function (_person: Person) {
  serving.keep(this, await startFailingServer(this))
})

When<World>(
  '{person} runs {string} of {string} with a token in {string}',
  async function (_person: Person, file: string, guide: string, tokenFile: string) {
    const { orchestrator, url } = serving.of(this)
    const { stage } = this
    const { token } = await orchestrator.tokens.generate()
    await writeFile(stage.at(tokenFile), JSON.stringify({ token }))
    await writeFile(stage.at(file), await fileIn(guide, file))
    const options = { cwd: stage.home, env: { ...stage.env, SERVER: url } }
    const begin = performance.now()
    const { stdout } = await promisify(execFile)(execPath, [file], options)
    ran.keep(this, { stdout, tookMs: performance.now() - begin })
  },
)

Then<World>('it prints the line {string}', function (line: string) {
  const { stdout } = ran.of(this)
  assert.ok(stdout.split('\n').includes(line), stdout)
})

Then<World>('it has waited for {int} second', function (seconds: number) {
  const { tookMs } = ran.of(this)
  assert.ok(tookMs >= seconds * 1000, `It took ${tookMs} ms.`)
})
