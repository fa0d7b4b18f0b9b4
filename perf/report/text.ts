/** Words to the left, numbers to the right: a column is of numbers if its last row begins with a figure or is empty. */
export function toTextTable(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column] ?? '')) ?? []
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)))
  const areNumbers = columns.map(isOfNumbers)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')

  function pad(cell: string, column: number): string {
    const width = widths[column] ?? 0
    return areNumbers[column] ? cell.padStart(width) : cell.padEnd(width)
  }
}

/** The same for a page: the first row is the head. */
export function toMarkdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const rules = head.map((_, column) => (isOfNumbers(rows.map((row) => row[column] ?? '')) ? '--:' : '---'))
  return [head, rules, ...body].map((row) => `| ${row.map(toCell).join(' | ')} |`).join('\n')
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** Without its head. */
function isOfNumbers([, ...cells]: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '')
  return filled.length > 0 && filled.every((cell) => /^[≤≥<]? ?\d/.test(cell))
}
