/** Whatever still holds the process then, it ends: a supervisor would kill it anyway. */
export function endAfter(timeoutMs: number, log: { error(sentence: string): void }): void {
  setTimeout(() => {
    log.error('Not everything could be stopped in time; ending anyway.')
    process.exit(1)
  }, timeoutMs).unref()
}
