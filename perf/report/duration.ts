/** As one says it: `36 minutes`, `45 s`. */
export function toDuration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`
}
