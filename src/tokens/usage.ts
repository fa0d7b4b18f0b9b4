/** How often a token was used, and when last (ISO 8601). */
export interface Usage {
  readonly usageCount: number
  readonly lastUsedAt: string | null
}

export const unused: Usage = { usageCount: 0, lastUsedAt: null }

/** Several processes count the same token, and their clocks differ a little: the later time holds. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    usageCount: left.usageCount + right.usageCount,
    lastUsedAt: laterOf(left.lastUsedAt, right.lastUsedAt),
  }
}

/** ISO 8601 in UTC sorts by time. */
function laterOf(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right
  return left > right ? left : right
}
