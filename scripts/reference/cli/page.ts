import type { Argument, Command, Option } from 'commander'
import { maxKeySetBytes, maxReleaseBytes } from '../../../src/cli/verify-sources.ts'
import { adminOperations, operations } from '../../../src/operations/operations.ts'
import { anchor, code, fence, link, page, prose, table } from '../markdown.ts'
import { introduce, type Page } from '../page.ts'
import {
  type DocumentedCommand,
  documentedCommands,
  documentedOptions,
  programName,
  toShortcut,
  toTitle,
} from './commands.ts'
import { toExitCodes } from './exit-codes.ts'
import { sharedFlags, toOptionRow } from './options.ts'

/** What a reader may look for and no definition of an option can say. */
const notes: Readonly<Record<string, string>> = {
  [programName]: `What it serves then: ${link('MCP tools', 'mcp-tools.md')}.`,
  [`${programName} serve-http`]: `What it serves: ${link('HTTP API', 'http-api.md')}. Every option as a variable: ${link('configuration', 'configuration.md')}.`,
  [`${programName} generate-token`]: `Scopes and limits: ${link('`create_token`', 'http-api.md#create_token')}.`,
  [`${programName} audit`]: `What an entry says and what the chain proves: ${link('the audit log', '../explanation/audit.md')}.`,
  [`${programName} verify`]: `The checks in their order: the key set, the signature, the payload, the fields beside it, then what you asked for. The first that fails decides. A release may have ${toMiB(maxReleaseBytes)}, a key set ${toMiB(maxKeySetBytes)}. ${link('What it proves', '../explanation/verify.md')}; ${link('`verifyRelease`', 'api.md#verifyrelease')} makes the same checks in a program.`,
}

export async function makeCliPage(): Promise<Page> {
  const commands = await documentedCommands()
  const text = page(
    introduce('Command line', "the commands' own definitions, in `src/cli/`"),
    'stdout carries results only; what is said besides goes to stderr. Of an option and a variable of the same meaning, the option wins.',
    toIndex(commands),
    toExitCodes(),
    '## Options of every command',
    table(
      ['option', 'variable', 'means'],
      [
        ...shared(commands).map(toOptionRow),
        ['`-h, --help`', '', 'Show the usage, with examples.'],
        [
          '`-V, --version`',
          '',
          'Print the version. Not of the sub-commands that have no command of their own.',
        ],
      ],
    ),
    `${link('`mcp-orchestration verify`', anchor(`${programName} verify`))} has only \`--help\`: it needs neither home nor store.`,
    ...commands.flatMap(toSection),
  )
  return { file: 'cli.md', text }
}

function toIndex(commands: readonly DocumentedCommand[]): string {
  return table(
    ['command', 'does'],
    commands.map(({ path, command }) => [
      link(code(path), anchor(toTitle(path))),
      prose(command.summary() || (command.description().split('\n')[0] ?? '')),
    ]),
  )
}

function toSection({ path, command }: DocumentedCommand): readonly string[] {
  const shortcut = toShortcut(path)
  const isPart = path.split(' ').length > 2
  return [
    `${isPart ? '###' : '##'} \`${toTitle(path)}\``,
    prose(command.description()),
    shortcut === undefined ? '' : `The same as ${code(path)}.`,
    notes[path] ?? '',
    fence('text', `${toTitle(path)} ${command.usage()}`),
    table(['argument', 'means'], command.registeredArguments.map(toArgumentRow)),
    table(
      ['option', 'variable', 'means'],
      documentedOptions(command)
        .filter(({ flags }) => !sharedFlags.includes(flags))
        .map(toOptionRow),
    ),
    toSharedOptions(command),
    ...(command.name() === 'call' ? toOperations() : []),
    toExamples(command),
  ]
}

function toMiB(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`
}

function shared(commands: readonly DocumentedCommand[]): readonly Option[] {
  const [program] = commands
  return program ? documentedOptions(program.command).filter(({ flags }) => sharedFlags.includes(flags)) : []
}

function toSharedOptions(command: Command): string {
  const names = documentedOptions(command)
    .filter(({ flags }) => sharedFlags.includes(flags))
    .map(({ long }) => code(String(long)))
  return names.length === 0
    ? ''
    : `It takes ${link(names.join(', '), anchor('Options of every command'))}, too.`
}

function toArgumentRow(argument: Argument): readonly string[] {
  const { required, description } = argument
  return [code(required ? `<${argument.name()}>` : `[${argument.name()}]`), prose(description)]
}

function toOperations(): readonly string[] {
  const rows = [...operations, ...adminOperations].map(({ id, summary }) => [
    link(code(id), `http-api.md#${id}`),
    prose(summary),
  ])
  return [
    'The input has the fields of the operation, those of its path among them.',
    table(['operation', 'does'], rows),
  ]
}

/** What the help says after the options, as it is; tables above have the rest of it. */
function toExamples(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  const after = help.slice(command.helpInformation().length)
  const start = after.indexOf('Examples:')
  return start === -1 ? '' : fence('text', after.slice(start))
}
