/** Durations and dates as people write them; every door reads them alike. */

/** `90m`, `12h`, `30d`, `8w`. */
export const durationPattern = '^[0-9]{1,6}[smhdw]$'

const durationExpression = new RegExp(durationPattern)
const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Undefined for what is no duration. */
export function toDurationMs(text: string): number | undefined {
  if (!durationExpression.test(text)) return undefined
  return Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? Number.NaN)
}

/** ISO 8601 as RFC 3339 has it: a date, whose beginning in UTC is meant, or a date with a time and an offset. */
const dateExpression = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Undefined for what is no date. */
export function toDate(text: string): Date | undefined {
  const date = new Date(text)
  const [, day = ''] = dateExpression.exec(text) ?? []
  return Number.isNaN(date.getTime()) || !isOnCalendar(day) ? undefined : date
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isOnCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
