/** Lines of a text whose line ends may be LF, CRLF or CR, also mixed. */

export const lineBreak = /\r\n|\r|\n/

/** Counted from 1. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split(lineBreak).length
}

/** The offset at which the line begins that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  let start = offset
  while (start > 0 && !isBreak(text[start - 1])) start -= 1
  return start
}

/** The blanks at the beginning of the line that holds `offset`. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset)
  return text.slice(start, skipBlanks(text, start))
}

/** Whether nothing but blanks stands before `offset` on its line. */
export function startsLine(text: string, offset: number): boolean {
  const start = blanksBefore(text, offset)
  return start === 0 || isBreak(text[start - 1])
}

/** The offset behind the blanks that follow. */
export function skipBlanks(text: string, offset: number): number {
  let end = offset
  while (isBlank(text[end])) end += 1
  return end
}

/** The offset at which the blanks before `offset` begin. */
export function blanksBefore(text: string, offset: number): number {
  let start = offset
  while (start > 0 && isBlank(text[start - 1])) start -= 1
  return start
}

/** The line break that ends right before `offset`; none at the beginning of the text. */
export function breakBefore(text: string, offset: number): string {
  if (text.slice(offset - 2, offset) === '\r\n') return '\r\n'
  return isBreak(text[offset - 1]) ? text.slice(offset - 1, offset) : ''
}

/** The kind of line break used around `offset`: the one before, else the one behind, else LF. */
export function breakNear(text: string, offset: number): string {
  return breakBefore(text, lineStart(text, offset)) || (lineBreak.exec(text.slice(offset))?.[0] ?? '\n')
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

function isBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r'
}
