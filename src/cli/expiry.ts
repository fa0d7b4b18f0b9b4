import { InvalidArgumentError, Option } from 'commander'

/** When a token ends; the two flags exclude each other. */
export interface ExpirySettings {
  readonly expiresIn?: number
  readonly expiresAt?: Date
}

export const expiresInOption = () =>
  new Option('--expires-in <duration>', 'how long the token is good for: 90m, 12h, 30d, 8w (default: no end)')
    .argParser(toDurationMs)
    .conflicts('expiresAt')

export const expiresAtOption = () =>
  new Option(
    '--expires-at <date>',
    'until when it is good: 2027-01-31 (its beginning in UTC) or 2027-01-31T18:00:00Z',
  ).argParser(toFutureDate)

/** The end of a token made now, if it has one. */
export function toExpiry({ expiresIn, expiresAt }: ExpirySettings): Date | undefined {
  return expiresIn === undefined ? expiresAt : new Date(Date.now() + expiresIn)
}

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

function toDurationMs(text: string): number {
  const [, amount, unit = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? []
  const durationMs = Number(amount) * (unitsMs[unit] ?? Number.NaN)
  if (durationMs > 0) return durationMs
  throw new InvalidArgumentError('Give a number and a unit, such as 90m, 12h, 30d or 8w.')
}

/** ISO 8601 as RFC 3339 has it: a date, or a date with a time and an offset. */
const dateExpression = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/

function toFutureDate(text: string): Date {
  const date = new Date(text)
  const [, day = ''] = dateExpression.exec(text) ?? []
  if (Number.isNaN(date.getTime()) || !isOnCalendar(day))
    throw new InvalidArgumentError('Give a date such as 2027-01-31 or 2027-01-31T18:00:00Z.')
  if (date.getTime() <= Date.now()) throw new InvalidArgumentError('That is not in the future.')
  return date
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isOnCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
