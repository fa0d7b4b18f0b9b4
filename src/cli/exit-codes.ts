/** What every command ends with; `verify` has codes of its own besides, from 10 up. */
export const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const
