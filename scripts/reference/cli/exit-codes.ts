import { verificationFailures } from '../../../src/artifacts/verification-failures.ts'
import { exitCodes } from '../../../src/cli/exit-codes.ts'
import { anchor, code, link, table } from '../markdown.ts'

const meanings = {
  done: 'Done.',
  failed: `Failed. One line on stderr says why, with the ${link('code', 'errors.md')} if it has one.`,
  wrongUsage: 'Wrong usage: an unknown command or option, or a value that makes no sense.',
} as const satisfies Record<keyof typeof exitCodes, string>

export function toExitCodes(): readonly string[] {
  const ofEveryCommand = Object.entries(meanings).map(([name, meaning]) => [
    String(exitCodes[name as keyof typeof meanings]),
    '',
    meaning,
  ])
  const ofVerify = Object.entries(verificationFailures).map(([failure, { exitCode, title }]) => [
    String(exitCode),
    code(failure),
    title,
  ])
  return [
    '## Exit codes',
    table(['code', 'name', 'means'], [...ofEveryCommand, ...ofVerify]),
    `Those from 10 up are of ${link('`verify`', anchor('mcp-orchestration verify'))} only.`,
  ]
}
