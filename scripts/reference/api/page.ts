import { readFile } from 'node:fs/promises'
import { inErrorLinks } from '../error-links.ts'
import { anchor, code, fence, link, page, table } from '../markdown.ts'
import { introduce, type Page } from '../page.ts'
import { namesWithin, toDeclaration } from './declaration.ts'
import { type ApiGroup, apiGroups } from './groups.ts'
import { type ApiItem, isPublic, textOf } from './model.ts'

const door = new URL('../../../src/index.ts', import.meta.url)

export async function makeApiPage(items: readonly ApiItem[]): Promise<Page> {
  const names = await readDoor()
  refuseUngrouped(items)
  const known = new Map(items.map((item) => [item.name, item]))
  const text = page(
    introduce('Library', 'the declarations and doc comments of what `src/index.ts` hands on'),
    'Everything is imported from `mcp-orchestration`, which is ESM with types. Whatever fails throws an [`OrchestrationError`](#orchestrationerror) with a [code](errors.md).',
    toIndex(),
    ...apiGroups.flatMap(({ title, names: own }) => [
      `## ${title}`,
      ...own.flatMap((name) => toSection(find(known, name), known)),
    ]),
    toForeign(names.filter((name) => !known.has(name))),
    '## Types that those lead to',
    'They have no name outside; a value of theirs is had from the names above.',
    ...items.filter((item) => !isPublic(item)).flatMap((item) => toSection(item, known)),
  )
  return { file: 'api.md', text }
}

/** The names that the public door hands on. */
export async function readDoor(): Promise<readonly string[]> {
  const source = await readFile(door, 'utf8')
  return [...source.matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((name) => name.replace(/^\s*type\s/, '').trim())
    .filter((name) => name !== '')
}

/** Each name has one place, and each place its name. */
function refuseUngrouped(items: readonly ApiItem[]): void {
  const grouped = apiGroups.flatMap(({ names }) => names)
  const lost = items.filter(isPublic).find(({ name }) => !grouped.includes(name))
  if (lost) throw new Error(`The reference has no group for ${lost.name}: see api/groups.ts.`)
}

function find(known: ReadonlyMap<string, ApiItem>, name: string): ApiItem {
  const item = known.get(name)
  if (!item) throw new Error(`src/index.ts hands on no ${name}: see api/groups.ts.`)
  return item
}

function toIndex(): string {
  return table(
    ['about', 'names'],
    apiGroups.map(({ title, names }: ApiGroup) => [
      link(title, anchor(title)),
      names.map((name) => link(code(name), anchor(name))).join(', '),
    ]),
  )
}

function toSection(item: ApiItem, known: ReadonlyMap<string, ApiItem>): readonly string[] {
  const { summary, example } = textOf(item)
  const names = namesWithin(item).filter((name) => known.has(name))
  return [
    `### \`${item.name}\``,
    inErrorLinks(summary),
    fence('ts', toDeclaration(item)),
    example === '' ? '' : fence('ts', example),
    table(['member', 'means'], toMemberRows(item)),
    names.length === 0 ? '' : `See ${names.map((name) => link(code(name), anchor(name))).join(', ')}.`,
  ]
}

/** Those that say more than their name and type. The extractor has a sentence of its own for constructors. */
function toMemberRows({ members = [] }: ApiItem): readonly (readonly string[])[] {
  return members
    .map((member) => ({ ...member, ...textOf(member) }))
    .filter(({ kind, summary }) => kind !== 'Constructor' && summary !== '')
    .map(({ name, summary }) => [code(name), inErrorLinks(summary)])
}

function toForeign(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [
    '## From the MCP SDK',
    `${names.map(code).join(', ')} are those of \`@modelcontextprotocol/server\`.`,
  ]
}
