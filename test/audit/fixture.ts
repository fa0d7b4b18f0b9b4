import { type Audit, type AuditedChange, createAudit } from '../../src/audit/audit.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Change, Store } from '../../src/store/store.ts'

export const change: AuditedChange = {
  principal: 'tok_0123456789abcdef',
  door: 'http',
  operation: 'publish_config',
  target: 'cursor/work',
  request_id: 'request-1',
}

export const zeros = '0'.repeat(64)

/** An audit whose clock stands still until it is moved and whose changes are numbered. */
export function createRoom(store: Store = createMemoryStore()) {
  let now = Date.parse('2026-11-22T10:00:00.000Z')
  let count = 0
  const audit = createAudit({
    store,
    clock: () => new Date(now),
    newId: () => {
      count += 1
      return `change-${count}`
    },
  })
  const wait = (minutes: number) => {
    now += minutes * 60_000
  }
  return { store, audit, wait }
}

/** Changes that succeed, one after the other: two entries each. */
export async function makeChanges(audit: Audit, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await audit.track(change, async () => undefined)
}

/** Entries that are made fast: refusals, each of another credential, since one alone is soon left out. */
export async function makeRefusals(audit: Pick<Audit, 'refused'>, count: number): Promise<void> {
  const principals = Array.from({ length: count }, (_, index) => `tok_${index}`)
  await Promise.all(
    principals.map((principal) => audit.refused({ ...change, principal }, 'insufficient_scope')),
  )
}

/** A store whose commits are looked at first. */
export function withCommit(
  store: Store,
  commit: (change: Change, commit: Store['commit']) => ReturnType<Store['commit']>,
): Store {
  return { ...store, commit: (each) => commit(each, store.commit) }
}
