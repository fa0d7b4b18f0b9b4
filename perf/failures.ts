/** What went wrong, and how often. */
export type Reasons = Readonly<Record<string, number>>

/** How much went wrong, and why. */
export interface Found {
  readonly failures: number
  readonly reasons: Reasons
}

/** Counts what goes wrong by its reason. */
export interface Tally {
  add(reason: string, count?: number): void
  addAll(reasons: Reasons): void
  found(): Found
}

export function createTally(): Tally {
  const counts = new Map<string, number>()
  const add = (reason: string, count = 1) => {
    if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count)
  }
  return {
    add,
    addAll(reasons) {
      for (const [reason, count] of Object.entries(reasons)) add(reason, count)
    },
    found: () => ({
      failures: [...counts.values()].reduce((sum, count) => sum + count, 0),
      reasons: Object.fromEntries(counts),
    }),
  }
}

/** Of several rounds, the most frequent first: `190 × no answer within 30 s, 4 × status 503`. */
export function toReasonText(all: readonly (Reasons | undefined)[]): string {
  const tally = createTally()
  for (const reasons of all) tally.addAll(reasons ?? {})
  return Object.entries(tally.found().reasons)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ')
}

/** Why an answer is no success; undefined for one. */
export function reasonAgainst(
  expected: { readonly status: number; readonly mark: string },
  answered: { readonly status: number; readonly text: string },
): string | undefined {
  if (answered.status !== expected.status) return `status ${answered.status}`
  return answered.text.includes(expected.mark) ? undefined : 'another body'
}
