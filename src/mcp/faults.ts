/** Tells the log of a failure whose reason the caller may not see; `what` is the tool or the method that failed. */
export type FaultListener = (error: unknown, what: string) => void
