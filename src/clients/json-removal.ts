import type { Member, ObjectOutline } from './json-outline.ts'
import { commaBehind, isComment, tokensFrom } from './json-tokens.ts'
import { applySplices, remove, type Splice } from './splice.ts'
import { blanksBefore, breakBefore, lineBreak, lineStart, skipBlanks, startsLine } from './text-lines.ts'

/**
 * Takes members out: each with the line or lines it has for itself, a comment behind it there, and one comma. Takes out a line break
 * only together with a whole line, since what stands before it may be a comment that it ends.
 */
export function removeMembers(
  text: string,
  object: ObjectOutline,
  names: ReadonlySet<string>,
): readonly Splice[] {
  const survivor = object.members.findLast((member) => !names.has(member.name))
  const removed = object.members.filter((member) => names.has(member.name))
  const splices = removed.flatMap((member) =>
    removeMember(text, member, member.start > (survivor?.start ?? -1)),
  )
  const comma = strandedComma(text, object, survivor, removed)
  const all = comma === undefined ? splices : [...splices, remove(comma, comma + 1)]
  return survivor ? all : collapsed(text, object, all)
}

function removeMember(text: string, member: Member, isTail: boolean): readonly Splice[] {
  const comma = commaBehind(text, member.end)
  const between = text.slice(member.end, comma ?? member.end)
  const isCommaBelow = lineBreak.test(between)
  // Comments between the entry and a comma on another line are somebody else's.
  const isApart = isCommaBelow && between.trim() !== ''
  const end = comma === undefined || isApart ? member.end : comma + 1
  const apart = comma !== undefined && isApart ? [remove(comma, comma + 1)] : []
  return [removeUpTo(text, member, end, { isTail, takesComments: isApart || !isCommaBelow }), ...apart]
}

function removeUpTo(
  text: string,
  { start }: Member,
  end: number,
  { isTail, takesComments }: { readonly isTail: boolean; readonly takesComments: boolean },
): Splice {
  const lineEnd = restOfLine(text, end, takesComments)
  if (lineEnd !== undefined && startsLine(text, start)) {
    const line = lineStart(text, start)
    return remove(line - breakBefore(text, line).length, lineEnd)
  }
  if (isTail || lineEnd !== undefined) return remove(blanksBefore(text, start), end)
  return remove(start, skipBlanks(text, end))
}

/** The comma behind the last survivor, when it would be left without anything behind it and was not so before. */
function strandedComma(
  text: string,
  object: ObjectOutline,
  survivor: Member | undefined,
  removed: readonly Member[],
): number | undefined {
  const last = object.members.at(-1)
  if (!survivor || !last || removed.at(-1) !== last) return undefined
  return commaBehind(text, last.end) === undefined ? commaBehind(text, survivor.end) : undefined
}

/** An object that holds nothing any more is `{}`, unless comments remain in it. */
function collapsed(text: string, object: ObjectOutline, splices: readonly Splice[]): readonly Splice[] {
  const [inside, brace] = [object.start + 1, object.end - 1]
  const shifted = splices.map((splice) => ({
    ...splice,
    start: splice.start - inside,
    end: splice.end - inside,
  }))
  const rest = applySplices(text.slice(inside, brace), shifted)
  return rest.trim() === '' ? [remove(inside, brace)] : splices
}

/** Where the line ends, if nothing stands on the rest of it but blanks and, if they are to be taken, comments that end there, too. */
function restOfLine(text: string, offset: number, takesComments: boolean): number | undefined {
  for (const token of tokensFrom(text, offset)) {
    if (token.kind === 'lineBreak') return token.start
    const isTaken = takesComments && isComment(token) && !lineBreak.test(text.slice(token.start, token.end))
    if (token.kind !== 'blanks' && !isTaken) return undefined
  }
  return undefined
}
