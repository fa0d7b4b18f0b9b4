import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'

/** The programs mcp-orchestration-serve-http and -generate-token are commands of it, with the same options (usage.test.ts). */
const commands = withItsCommands(createProgram())

test('no command has an option for a credential: every user of the machine reads the list of processes', () => {
  const options = commands.flatMap((command) =>
    command.options.map(({ flags }) => `${command.name()} ${flags}`),
  )
  const credentials = options.filter((option) =>
    / .*(token|key|secret|password|credential|bearer|auth)/.test(option),
  )
  // How many wrong ones are borne with.
  assert.deepEqual(credentials, ['serve-http --failed-auth-limit <count>'])
})

test('no command has an argument for a credential: what rotate and revoke take is an id', () => {
  const named = commands.flatMap((command) =>
    command.registeredArguments.map((argument) => `${command.name()} ${argument.name()}`),
  )
  assert.deepEqual(named.sort(), ['call operation', 'revoke id', 'rotate id', 'verify file'])
})

function withItsCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withItsCommands)]
}
