import { isDeepStrictEqual } from 'node:util'
import type { Node } from 'jsonc-parser'
import { quote } from '../json.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { Client } from './client.ts'
import { insertMembers, replaceValue } from './json-insertion.ts'
import { newFileLayout, writeValue } from './json-layout.ts'
import {
  type Member,
  type ObjectOutline,
  outline,
  parseJson,
  type Refusal,
  refuse,
  toValue,
} from './json-outline.ts'
import { removeMembers } from './json-removal.ts'
import { applySplices } from './splice.ts'
import { breakNear, lineBreak, lineNumber } from './text-lines.ts'

/** What shall become of the entries of a file. A name that is in both is set. */
export interface ConfigEdit {
  readonly set: ReadonlyMap<string, JsonObject>
  readonly remove: ReadonlySet<string>
}

/** The servers in a client's file, by name, in the order of the file. Reads exactly the texts that `editConfig` edits. */
export function readConfig(
  client: Client,
  text: string,
): { readonly ok: true; readonly entries: ReadonlyMap<string, JsonValue> } | Refusal {
  const opened = open(client, withoutMark(text))
  if (!opened.ok) return opened
  const members = opened.servers?.members ?? []
  return { ok: true, entries: new Map(members.map((member) => [member.name, toValue(member.node)])) }
}

/**
 * The client's file with some entries added, replaced or removed, and every other byte as it was: comments, order, indentation, line
 * ends, byte order mark. `undefined` is a file that does not exist yet; it and one of white space alone become a new file. Pure.
 *
 * - An entry whose value is deeply equal already is left alone.
 * - Adding takes nothing away. Replacing touches the value only. Removing takes the entry's own lines, a comment behind it on its
 *   last line, and one comma.
 * - Adding names and then removing them gives the former bytes back, but for three cases: an object for the servers that had to be
 *   made stays, empty; one that held nothing but white space comes back as `{}`; and where the closing brace shared a line with what
 *   was before it, the line break between the two stays.
 *
 * Refused, with a reason for people: what the client could not read, and what is ambiguous (a name that stands twice).
 */
export function editConfig(
  client: Client,
  text: string | undefined,
  edit: ConfigEdit,
): { readonly ok: true; readonly text: string } | Refusal {
  const given = text ?? ''
  const body = withoutMark(given)
  const mark = given.slice(0, given.length - body.length)
  const opened = open(client, body)
  if (!opened.ok) return opened
  const extended = setEntries(client, body, opened, edit.set)
  const reopened = open(client, extended)
  if (!reopened.ok) return reopened
  return { ok: true, text: mark + removeEntries(extended, reopened, without(edit.remove, edit.set)) }
}

interface Opened {
  readonly ok: true
  /** Absent when the text holds nothing but white space and comments. */
  readonly root?: ObjectOutline
  /** Absent when the root has no such member yet. */
  readonly servers?: ObjectOutline
}

function open(client: Client, body: string): Opened | Refusal {
  const isLenient = client.configFormat === 'jsonc'
  const syntax = { comments: isLenient, trailingCommas: isLenient && !client.refusesTrailingCommas }
  const parsed = parseJson(body, syntax)
  if (!parsed.ok) return parsed
  return parsed.root ? openRoot(client, body, parsed.root) : { ok: true }
}

function openRoot(client: Client, body: string, node: Node): Opened | Refusal {
  const root = outline(node)
  if (!root)
    return refuse(body, node.offset, 'the file must hold an object in braces, and holds something else')
  const holders = root.members.filter((member) => member.name === client.rootKey)
  const [holder] = holders
  if (!holder) return { ok: true, root }
  const servers = outline(holder.node)
  if (!servers)
    return refuse(
      body,
      holder.start,
      `${quote(client.rootKey)} must be an object in braces, and is something else`,
    )
  return refuseTwice(body, holders) ?? refuseTwice(body, servers.members) ?? { ok: true, root, servers }
}

function refuseTwice(body: string, members: readonly Member[]): Refusal | undefined {
  const first = new Map<string, Member>()
  for (const member of members) {
    const earlier = first.get(member.name)
    if (earlier) return refuse(body, member.start, twice(member.name, lineNumber(body, earlier.start)))
    first.set(member.name, member)
  }
  return undefined
}

function twice(name: string, line: number): string {
  return `${quote(name)} stands a second time (first on line ${line}), so that it isn't clear which one counts. Take one of them out`
}

function setEntries(
  client: Client,
  body: string,
  opened: Opened,
  set: ReadonlyMap<string, JsonObject>,
): string {
  const { root, servers } = opened
  if (set.size === 0) return body
  const whole = new Map([[client.rootKey, Object.fromEntries(set)]])
  if (!root) return newDocument(body, whole)
  if (!servers) return applySplices(body, insertMembers(body, root, root, whole))
  const added = new Map(set)
  const replaced = servers.members.flatMap((member) => {
    const value = added.get(member.name)
    added.delete(member.name)
    return value === undefined || isSame(toValue(member.node), value)
      ? []
      : [replaceValue(body, root, servers, member, value)]
  })
  const inserted = added.size === 0 ? [] : insertMembers(body, root, servers, added)
  return applySplices(body, [...replaced, ...inserted])
}

/** White space alone gives way to a new file; comments stay, above it. */
function newDocument(body: string, members: ReadonlyMap<string, JsonObject>): string {
  const text = `${writeValue(Object.fromEntries(members), newFileLayout)}\n`
  if (body.trim() === '') return text
  const eol = breakNear(body, body.length)
  const above = lineBreak.test(body.slice(-1)) ? body : `${body}${eol}`
  return above + text.replaceAll('\n', eol)
}

function removeEntries(body: string, { servers }: Opened, names: ReadonlySet<string>): string {
  if (!servers?.members.some((member) => names.has(member.name))) return body
  return applySplices(body, removeMembers(body, servers, names))
}

function without(names: ReadonlySet<string>, others: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  return new Set([...names].filter((name) => !others.has(name)))
}

/** By what the two say in JSON: objects without a prototype, or with one, are the same. */
function isSame(a: JsonValue, b: JsonValue): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)))
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
