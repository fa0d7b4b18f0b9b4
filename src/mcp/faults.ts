import { type ErrorCode, isFault } from '../errors.ts'

/** Tells the log of a failure whose reason the caller may not see; `what` is the tool or the method that failed. */
export type FaultListener = (error: unknown, what: string) => void

/** Whether whoever runs this must see to it: a fault of ours, or a store that can't be reached. */
export function isForTheLog(code: ErrorCode): boolean {
  return isFault(code) || code === 'store_unavailable'
}
