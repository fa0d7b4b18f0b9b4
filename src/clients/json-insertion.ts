import type { JsonValue } from '../vocabulary.ts'
import { type Layout, layoutFor, layoutIn, writeMember, writeValue } from './json-layout.ts'
import type { Member, ObjectOutline } from './json-outline.ts'
import { commaBehind, isComment, isTrivia, tokensFrom } from './json-tokens.ts'
import { insert, type Splice } from './splice.ts'
import { indentAt, lineBreak } from './text-lines.ts'

/** Puts new members behind the last one. Takes nothing away. */
export function insertMembers(
  text: string,
  root: ObjectOutline,
  object: ObjectOutline,
  values: ReadonlyMap<string, JsonValue>,
): readonly Splice[] {
  const layout = layoutIn(text, root, object)
  const members = [...values].map(([name, value]) => writeMember(name, value, layout))
  const last = object.members.at(-1)
  return last ? insertBehind(text, last, members, layout) : [insertInEmpty(text, object, members, layout)]
}

/** Puts another value in the place of a member's. */
export function replaceValue(
  text: string,
  root: ObjectOutline,
  object: ObjectOutline,
  member: Member,
  value: JsonValue,
): Splice {
  const layout = layoutFor(text, root, object, member)
  return { start: member.valueStart, end: member.end, text: writeValue(value, layout) }
}

/** Where the last member had a comma behind it, the new last one gets one, too. */
function insertBehind(
  text: string,
  last: Member,
  members: readonly string[],
  layout: Layout,
): readonly Splice[] {
  const comma = commaBehind(text, last.end)
  const anchor = comma === undefined ? last.end : comma + 1
  const before = layout.lines ? `${layout.lines.eol}${layout.lines.indent}` : layout.gap
  const added = members.map((member) => `${before}${member}`).join(',')
  const point = layout.lines ? behindComments(text, anchor) : anchor
  if (comma !== undefined) return [insert(point, `${added},`)]
  return [insert(last.end, ','), insert(point, added)]
}

function insertInEmpty(
  text: string,
  object: ObjectOutline,
  members: readonly string[],
  layout: Layout,
): Splice {
  const [inside, brace] = [object.start + 1, object.end - 1]
  if (!layout.lines) {
    const opening = inside === brace ? layout.padding : ''
    return insert(brace, `${opening}${members.join(`,${layout.gap}`)}${layout.padding}`)
  }
  const { eol, indent } = layout.lines
  const added = members.map((member) => `${eol}${indent}${member}`).join(',')
  const comment = [...tokensFrom(text.slice(0, brace), inside)].findLast(isComment)
  const point = behindComments(text, comment?.end ?? inside)
  if (lineBreak.test(text.slice(point, brace))) return insert(point, added)
  return insert(brace, `${added}${eol}${indentAt(text, object.start)}`)
}

/** The end of the line, if only comments follow on it; else behind those comments. */
function behindComments(text: string, offset: number): number {
  let end = offset
  for (const token of tokensFrom(text, offset)) {
    if (token.kind === 'lineBreak') return token.start
    if (!isTrivia(token)) return end
    if (isComment(token)) end = token.end
  }
  return end
}
