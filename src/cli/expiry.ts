import { InvalidArgumentError, Option } from 'commander'
import { toDate, toDurationMs } from '../operations/times.ts'

/** When a token ends; the two flags exclude each other. */
export interface ExpirySettings {
  readonly expiresIn?: string
  readonly expiresAt?: string
}

export const expiresInOption = (
  description = 'how long the token is good for: 90m, 12h, 30d, 8w (default: no end)',
) => new Option('--expires-in <duration>', description).argParser(toDuration).conflicts('expiresAt')

export const expiresAtOption = () =>
  new Option(
    '--expires-at <date>',
    'until when it is good: 2027-01-31 (its beginning in UTC) or 2027-01-31T18:00:00Z',
  ).argParser(toFutureDate)

/** As the operations take it. */
export function toExpiryInput({ expiresIn, expiresAt }: ExpirySettings) {
  return {
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  }
}

/** As it was given: the operation reads it again. What makes no sense is told with the flag's name. */
function toDuration(text: string): string {
  if (Number(toDurationMs(text)) > 0) return text
  throw new InvalidArgumentError('Give a number and a unit, such as 90m, 12h, 30d or 8w.')
}

function toFutureDate(text: string): string {
  const date = toDate(text)
  if (!date) throw new InvalidArgumentError('Give a date such as 2027-01-31 or 2027-01-31T18:00:00Z.')
  if (date.getTime() <= Date.now()) throw new InvalidArgumentError('That is not in the future.')
  return text
}
