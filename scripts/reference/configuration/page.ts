import type { Option } from 'commander'
import { apiKeyVariable } from '../../../src/cli/settings.ts'
import { type ApiItem, textOf } from '../api/model.ts'
import { documentedCommands, documentedOptions, toCommandLink } from '../cli/commands.ts'
import { sharedFlags, toDefault, toMeaning } from '../cli/options.ts'
import { inErrorLinks } from '../error-links.ts'
import { anchor, code, link, list, page, prose, table } from '../markdown.ts'
import { introduce, type Page } from '../page.ts'
import { toClientFiles } from './client-files.ts'
import { readHomeFolder } from './home-folder.ts'
import { apiKeyOption, type LibraryOption, libraryOptions } from './library-options.ts'

/** A setting that has an environment variable. */
interface Setting {
  readonly variable: string
  /** Undefined for a secret: a process list would show it. */
  readonly flag: string | undefined
  readonly meaning: string
  readonly usual: string
  /** Undefined for what the library has no part in. */
  readonly library: LibraryOption | undefined
  /** The commands that take it, by what one types. */
  readonly commands: readonly string[]
}

export async function makeConfigurationPage(api: readonly ApiItem[]): Promise<Page> {
  const settings = [...(await readSettings()), apiKey]
  const text = page(
    introduce(
      'Configuration',
      "the commands' options, the table of clients and a home folder that was made for it",
    ),
    list([
      'Each setting is a variable and, if it is no secret, an option of the commands. The option wins.',
      'A variable that is set to nothing counts as not set.',
      'There is no configuration file.',
      'A value that makes no sense is wrong usage: one line names the option or the variable, and the exit code is 2.',
    ]),
    `How to ${link('deploy the server', '../how-to/deploy-http-server.md')}: a service, a proxy with TLS, backup.`,
    '## Settings',
    toIndex(settings),
    ...settings.flatMap((setting) => toSection(setting, api)),
    toLibraryOnly(api),
    '## The home folder',
    `\`~/.mcp-orchestration\` unless ${link('`MCP_ORCHESTRATION_HOME`', '#mcp_orchestration_home')} says otherwise. It needs no preparation: what is missing is made, for its owner only.`,
    table(
      ['path', 'mode', 'holds'],
      (await readHomeFolder()).map(({ path, mode, holds }) => [code(path), mode ?? '', prose(holds)]),
    ),
    toCacheFolder(),
    toForeignVariables(),
    toClientFiles(),
  )
  return { file: 'configuration.md', text }
}

const apiKey: Setting = {
  variable: apiKeyVariable,
  flag: undefined,
  meaning:
    'A key that is accepted beside tokens, as `X-API-Key`, with all scopes: any text that a header can carry. Default: none.',
  usual: 'none',
  library: apiKeyOption,
  commands: ['mcp-orchestration serve-http'],
}

async function readSettings(): Promise<readonly Setting[]> {
  const uses = (await documentedCommands()).flatMap(({ path, command }) =>
    documentedOptions(command).map((option) => ({ path, option })),
  )
  return [...Map.groupBy(uses, ({ option }) => option.envVar)].flatMap(([variable, group]) => {
    const [first] = group
    if (variable === undefined || !first) return []
    return [toSetting(variable, first.option, [...new Set(group.map(({ path }) => path))])]
  })
}

function toSetting(variable: string, option: Option, commands: readonly string[]): Setting {
  const name = option.attributeName()
  if (!isSetting(name))
    throw new Error(`The reference does not know ${option.flags}: see library-options.ts.`)
  return {
    variable,
    flag: option.flags,
    meaning: toMeaning(option),
    usual: toDefault(option),
    library: libraryOptions[name],
    commands,
  }
}

function isSetting(name: string): name is keyof typeof libraryOptions {
  return Object.hasOwn(libraryOptions, name)
}

function toIndex(settings: readonly Setting[]): string {
  return table(
    ['variable', 'option', 'default'],
    settings.map(({ variable, flag, usual }) => [
      link(code(variable), anchor(variable)),
      flag === undefined ? 'none: it is a secret' : code(flag),
      usual,
    ]),
  )
}

function toSection(
  { variable, flag, meaning, library, commands }: Setting,
  api: readonly ApiItem[],
): readonly string[] {
  return [
    `### \`${variable}\``,
    meaning,
    list([
      flag === undefined ? 'Option: none, since a process list would show it.' : `Option: ${code(flag)}.`,
      `Taken by ${flag !== undefined && sharedFlags.includes(flag) ? `every command but ${toCommandLink('mcp-orchestration verify')}` : commands.map(toCommandLink).join(', ')}.`,
      library ? toLibrary(variable, library, api) : 'In the library: none.',
    ]),
  ]
}

function toLibrary(variable: string, { of, name }: LibraryOption, api: readonly ApiItem[]): string {
  const member = api.find((item) => item.name === of)?.members?.find((each) => each.name === name)
  if (!member) throw new Error(`${of} has no ${name} any more: see library-options.ts.`)
  const reads = textOf(member).summary.includes(`$${variable}`)
  return `In the library: ${code(name)} of ${link(code(of), `api.md${anchor(of)}`)}${reads ? '; left out, the library reads the variable, too' : ''}.`
}

/** What only a program of one's own can set. */
function toLibraryOnly(api: readonly ApiItem[]): readonly string[] {
  const options = api.find(({ name }) => name === 'HttpTransportOptions')?.members ?? []
  const names: readonly (string | undefined)[] = [...Object.values(libraryOptions), apiKeyOption].map(
    (option) => option?.name,
  )
  return [
    '## Settings of the library only',
    `Further options of ${link('`createHttpTransport`', 'api.md#createhttptransport')}, which no command has:`,
    table(
      ['option', 'means'],
      options
        .filter(({ name }) => !names.includes(name))
        .map((option) => [code(option.name), inErrorLinks(textOf(option).summary)]),
    ),
  ]
}

function toCacheFolder(): readonly string[] {
  return [
    '## The cache folder',
    'The commands that serve keep what V8 has compiled, about 4 MB, in `$XDG_CACHE_HOME/mcp-orchestration` (default: `~/.cache/mcp-orchestration`; macOS: `~/Library/Caches/mcp-orchestration`; Windows: `%LOCALAPPDATA%\\mcp-orchestration`), so that the next start takes less. It may be removed at any time. A folder that somebody else owns or may write to is not used, nor one above it. `NODE_COMPILE_CACHE` chooses another folder, `NODE_DISABLE_COMPILE_CACHE=1` none.',
  ]
}

function toForeignVariables(): readonly string[] {
  return [
    '## Variables that releases refer to',
    'A value of a configuration may hold `${env:NAME}`. A deploy puts in what `NAME` is in the environment of the process that deploys; without it, the deploy is refused with [`secret_unresolved`](errors.md#secret_unresolved). The variables above resolve to nothing, so that no draft gets at the API key.',
  ]
}
