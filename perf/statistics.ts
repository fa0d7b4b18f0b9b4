export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** By the nearest rank; the values may be in any order. */
export function percentiles(values: readonly number[], shares: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return shares.map(
    (share) => sorted[Math.max(1, Math.ceil((sorted.length * share) / 100)) - 1] ?? Number.NaN,
  )
}

export function toLatencies(timesMs: readonly number[]) {
  const [p50Ms = Number.NaN, p95Ms = Number.NaN, p99Ms = Number.NaN] = percentiles(timesMs, [50, 95, 99])
  return { p50Ms, p95Ms, p99Ms }
}
