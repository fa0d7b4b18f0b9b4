/** A token as list_tokens answers it. */
export interface ListedToken {
  readonly token_id: string
  readonly name: string | null
  readonly scopes: readonly string[]
  readonly limits: { readonly clients: readonly string[]; readonly profiles: readonly string[] } | null
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly usage_count: number
  readonly replaced_by: string | null
}

/** For people: one line for each token, its columns below each other. */
export function toTokenTable(tokens: readonly ListedToken[], now = new Date()): string {
  if (tokens.length === 0) return 'There are no tokens. Make one: mcp-orchestration generate-token\n'
  const rows = [headings, ...tokens.map((token) => toRow(token, now))]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))))
  return rows.map((row) => `${toLine(row, widths)}\n`).join('')
}

const headings = ['ID', 'NAME', 'SCOPES', 'LIMITED TO', 'GOOD UNTIL', 'USES', 'LAST USED'] as const

function toRow(token: ListedToken, now: Date): readonly string[] {
  const { token_id, name, scopes, limits, usage_count, last_used_at } = token
  return [
    token_id,
    name ?? '-',
    scopes.join(','),
    limits ? [...limits.clients, ...limits.profiles].join(',') : '-',
    toEnd(token, now),
    String(usage_count),
    last_used_at === null ? 'never' : toMinute(last_used_at),
  ]
}

function toEnd({ expires_at, replaced_by }: ListedToken, now: Date): string {
  if (expires_at === null) return 'no end'
  const hasEnded = Date.parse(expires_at) <= now.getTime()
  const successor = replaced_by === null ? '' : `, then ${replaced_by}`
  return `${hasEnded ? 'ended ' : ''}${toMinute(expires_at)}${successor}`
}

/** ISO 8601 in UTC, to the minute. */
function toMinute(time: string): string {
  return time.replace(/:\d{2}\.\d{3}Z$/, 'Z')
}

function toLine(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
  return cells.join('  ').trimEnd()
}

/** Characters, as a name counts them; wide ones take more room on a terminal and shift what follows. */
function lengthOf(text: string): number {
  return Array.from(text).length
}
