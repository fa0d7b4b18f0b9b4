import type { Answer } from './http.ts'

export interface TimedAnswer {
  readonly answer: Answer
  /** From the request to the last byte of the answer. */
  readonly afterMs: number
}

/** What a long row of requests did to the server's heap, measured after a full collection each time. */
export interface Load {
  readonly beforeBytes: number
  readonly afterBytes: number
  /** One for each request. */
  readonly asExpected: readonly boolean[]
}

/** `count` times the act, of which `atOnce` are under way at any moment; a failure ends it all. */
export async function repeat<T>(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  let next = 0
  async function work(): Promise<void> {
    while (next < count) {
      const index = next++
      results[index] = await act(index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

export async function timed(asking: () => Promise<Answer>): Promise<TimedAnswer> {
  const startedAt = performance.now()
  const answer = await asking()
  return { answer, afterMs: performance.now() - startedAt }
}

/** The smallest value that is no less than `share` percent of them. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil((values.length * share) / 100) - 1] ?? Number.NaN
}
