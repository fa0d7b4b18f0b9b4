import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { Member, ObjectOutline } from './json-outline.ts'
import { isComment, tokensFrom } from './json-tokens.ts'
import { breakNear, indentAt, lineBreak, startsLine } from './text-lines.ts'

/** How the text around writes its JSON, so that what is added looks as if it had always been there. */
export interface Layout {
  /** Between a name and its value: `: `, `:`, ` : `. */
  readonly colon: string
  /** Absent: everything on one line. */
  readonly lines?: Lines
  /** On one line, what stands inside of braces, and behind a comma. */
  readonly padding: string
  readonly gap: string
}

interface Lines {
  readonly eol: string
  /** Of the members of the object in question. */
  readonly indent: string
  readonly unit: string
}

export const newFileLayout: Layout = {
  colon: ': ',
  lines: { eol: '\n', indent: '', unit: '  ' },
  padding: ' ',
  gap: ' ',
}

/** For new members of `object`, which is the root or a member's value in it. */
export function layoutIn(text: string, root: ObjectOutline, object: ObjectOutline): Layout {
  const style = styleOf(text, object.members[0] ?? root.members[0], object.members.length > 0 ? object : root)
  const indent = indentIn(text, root, object)
  if (indent === undefined) return style
  return {
    ...style,
    lines: {
      eol: breakNear(text, (leadOf(text, object) ?? object).start),
      indent,
      unit: unitIn(text, root, object),
    },
  }
}

/** For a new value of `member`: on one line where the old one was, else in lines of its own. */
export function layoutFor(text: string, root: ObjectOutline, object: ObjectOutline, member: Member): Layout {
  const style = styleOf(text, member, object)
  if (!isBroken(text, member)) return style
  const lines = {
    eol: breakNear(text, member.start),
    indent: indentAt(text, member.start),
    unit: unitIn(text, root, object),
  }
  return { ...style, lines }
}

/** A value whose own line has the layout's indent. */
export function writeValue(value: JsonValue, layout: Layout): string {
  const inner = deeper(layout)
  if (Array.isArray(value)) {
    const items = value.map((item) => writeValue(item, inner))
    return enclose('[', items, ']', { ...layout, padding: '' })
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value as JsonObject).map(([name, each]) => writeMember(name, each, inner))
  return enclose('{', members, '}', layout)
}

/** A member whose line has the layout's indent. */
export function writeMember(name: string, value: JsonValue, layout: Layout): string {
  return `${JSON.stringify(name)}${layout.colon}${writeValue(value, layout)}`
}

function enclose(
  open: string,
  items: readonly string[],
  close: string,
  { lines, padding, gap }: Layout,
): string {
  if (items.length === 0) return `${open}${close}`
  if (!lines) return `${open}${padding}${items.join(`,${gap}`)}${padding}${close}`
  const [outer, inner] = [`${lines.eol}${lines.indent}`, `${lines.eol}${lines.indent}${lines.unit}`]
  return `${open}${inner}${items.join(`,${inner}`)}${outer}${close}`
}

function deeper(layout: Layout): Layout {
  const { lines } = layout
  return lines ? { ...layout, lines: { ...lines, indent: lines.indent + lines.unit } } : layout
}

function styleOf(text: string, member: Member | undefined, object: ObjectOutline): Layout {
  const between = member ? text.slice(member.nameEnd, member.valueStart) : ': '
  const colon = /^[ \t]*:[ \t]*$/.test(between) ? between : ': '
  return { colon, padding: text[object.start + 1] === ' ' ? ' ' : '', gap: colon.endsWith(':') ? '' : ' ' }
}

/** The indent of the members of `object`; undefined where they share a line. */
function indentIn(text: string, root: ObjectOutline, object: ObjectOutline): string | undefined {
  const lead = leadOf(text, object)
  if (lead) return indentAt(text, lead.start)
  if (object.members.length > 0) return undefined
  const comment = [...tokensFrom(text.slice(0, object.end - 1), object.start + 1)].findLast(isComment)
  if (comment && startsLine(text, comment.start)) return indentAt(text, comment.start)
  const holder = root.members.find((member) => member.valueStart === object.start)
  const isSpread = holder ? startsLine(text, holder.start) : true
  return isSpread ? indentAt(text, object.start) + unitIn(text, root, object) : undefined
}

function unitIn(text: string, root: ObjectOutline, object: ObjectOutline): string {
  return ownUnit(text, object) ?? ownUnit(text, root) ?? '  '
}

function ownUnit(text: string, object: ObjectOutline): string | undefined {
  const lead = leadOf(text, object)
  if (!lead) return undefined
  const [outer, inner] = [indentAt(text, object.start), indentAt(text, lead.start)]
  return inner.startsWith(outer) ? inner.slice(outer.length) : undefined
}

/** The last member that begins a line. */
function leadOf(text: string, object: ObjectOutline): Member | undefined {
  return object.members.findLast((member) => startsLine(text, member.start))
}

function isBroken(text: string, member: Member): boolean {
  if (lineBreak.test(text.slice(member.valueStart, member.end))) return true
  const isFilled = (member.node.children ?? []).length > 0
  return !isFilled && startsLine(text, member.start)
}
