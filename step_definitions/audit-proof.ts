import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import type { Exit } from './support/commands.ts'
import { type Tampering, tamperings } from './support/log-tampering.ts'
import { runCommand } from './support/own-command.ts'
import type { World } from './support/world.ts'

const command = 'mcp-orchestration'
const verify = ['audit', 'verify'] as const

defineParameterType({
  name: 'log_tampering',
  regexp: Object.keys(tamperings),
  transformer: (text) => tamperings[text],
})

Given<World>('Omar remembers the head of the log', async function () {
  this.variables.HEAD = headIn(await runCommand(this, ...verify))
})

Given<World>('Mallory {log_tampering}', async function (tamper: Tampering) {
  await tamper(this)
})

When<World>('Omar verifies the log', async function () {
  await this.attempt('exits', async () => [await this.run(command, ...verify)])
})

When<World>('Omar verifies the log with the head that he remembers', async function () {
  const { HEAD = '' } = this.variables
  await this.attempt('exits', async () => [await this.run(command, ...verify, '--expect', HEAD)])
})

Then<World>(
  'the command fails and says {string}, at entry {int}',
  function (fault: string, sequence: number) {
    const { code, stdout, stderr } = exitOf(this)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, new RegExp(`^error: ${fault}: Entry ${sequence} of the audit log [^\\n]+\\n$`))
  },
)

Then<World>(
  'the command says that the log is whole, with {int} entries and the same head',
  function (count: number) {
    const exit = exitOf(this)
    assert.equal(exit.stdout, `The audit log is whole: ${count} entries, head ${this.variables.HEAD}\n`)
    assert.deepEqual([exit.code, exit.stderr], [0, ''])
  },
)

Then<World>(
  'the command says that the log is whole, and that the outcome of {word} on {profile} is unknown',
  function (operation: string, { clientId, profileId }: ProfileRef) {
    const { code, stdout } = exitOf(this)
    assert.equal(code, 0)
    assert.match(stdout, /^The audit log is whole: 1 entries/)
    assert.match(
      stdout,
      new RegExp(`^outcome unknown: #1 .*${operation} +${clientId}/${profileId} +begun$`, 'm'),
    )
  },
)

function exitOf(world: World): Exit {
  const [exit] = world.outcome('exits')
  assert.ok(exit)
  return exit
}

function headIn(stdout: string): string {
  const [, head = ''] = /head (\S+)$/m.exec(stdout) ?? []
  return head
}
