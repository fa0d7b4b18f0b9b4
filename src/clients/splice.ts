/** Replaces the text from `start` to `end`; the two are equal where something is only put in. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** What does not overlap, each by its offsets in the text as it was; of several at one place the earlier in the list comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let [result, done] = ['', 0]
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(done, splice.start) + splice.text
    done = splice.end
  }
  return result + text.slice(done)
}

export function insert(offset: number, text: string): Splice {
  return { start: offset, end: offset, text }
}

export function remove(start: number, end: number): Splice {
  return { start, end, text: '' }
}
