import { OrchestrationError } from '../errors.ts'
import { checkKey, compareKeys } from './keys.ts'
import type { Change, Condition } from './store.ts'

/** A change as every adapter takes it: checked and copied at the call, so that a caller's later edits don't reach it. */
export interface PreparedChange {
  readonly conditions: readonly Condition[]
  /** In byte order of their keys, which is then the order of the commit's events; each key once. */
  readonly writes: readonly Write[]
}

export interface Write {
  readonly key: string
  /** JSON; null deletes. */
  readonly text: string | null
}

export function prepareChange(change: Change): PreparedChange {
  const conditions = (change.if ?? []).map(({ key, revision }) => ({ key, revision }))
  const writes = [
    ...Object.entries(change.put ?? {}).map(([key, value]) => ({ key, text: toText(key, value) })),
    ...Array.from(new Set(change.delete), (key) => ({ key, text: null })),
  ].sort((left, right) => compareKeys(left.key, right.key))
  for (const { key } of [...conditions, ...writes]) checkKey(key)
  refuseContradictions(writes)
  return { conditions, writes }
}

/** JSON.stringify gives undefined for what JSON can't hold, whatever its declared type says. */
function toText(key: string, value: unknown): string {
  const text: string | undefined = JSON.stringify(value)
  if (text !== undefined) return text
  throw new OrchestrationError(
    'internal_error',
    `The value for "${key}" is a ${typeof value}, which is not JSON.`,
  )
}

function refuseContradictions(writes: readonly Write[]): void {
  const twice = writes.find(({ key }, index) => writes[index + 1]?.key === key)
  if (twice)
    throw new OrchestrationError('internal_error', `One change can't both put and delete "${twice.key}".`)
}
