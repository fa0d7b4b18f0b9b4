/** As much Markdown as the reference needs, as GitHub reads it. Pieces are blocks; a page is blocks with an empty line between. */

export function page(...blocks: readonly (string | readonly string[])[]): string {
  return `${blocks
    .flat()
    .filter((block) => block !== '')
    .join('\n\n')}\n`
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

/** JSON as one reads it: a list of plain values on one line, if it fits. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replaceAll(
    /\[\n\s+([^[\]{}]+?)\n\s+\]/g,
    (whole, items: string) => {
      const line = `[${items.replaceAll(/,\n\s+/g, ', ')}]`
      return line.length > 100 ? whole : line
    },
  )
  return fence('json', text)
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

export function link(text: string, address: string): string {
  return `[${text}](${address})`
}

/** The address of a heading, as GitHub makes it of the heading's text. */
export function anchor(heading: string): string {
  return `#${heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')}`
}

/** Empty without rows. Cells are Markdown; what would end a cell is escaped here. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  return [head, head.map(() => '---'), ...rows].map(toRow).join('\n')
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** Sentences of the source, which are plain text with code in backticks: nothing else in them means anything to Markdown. */
export function prose(text: string): string {
  return mapOutsideCode(text, (plain) =>
    plain.replaceAll('<', '&lt;').replaceAll(/[*~[\]]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&'),
  )
}

/** Turns words of the text into links; what is code already is linked if it is such a word as a whole. */
export function linkWords(text: string, addresses: ReadonlyMap<string, string>): string {
  const toLink = (word: string) => {
    const address = addresses.get(word)
    return address === undefined ? undefined : link(code(word), address)
  }
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? (toLink(part.slice(1, -1)) ?? part)
        : part.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => toLink(word) ?? word),
    )
    .join('')
}

function mapOutsideCode(text: string, map: (plain: string) => string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? part : map(part)))
    .join('')
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`
}
