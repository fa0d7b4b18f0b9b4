import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import { fromStoredGrant, grantKey, grantPrefix } from './stored-token.ts'
import { isExpired } from './token.ts'

export interface EndingsOptions {
  readonly store: Store
  readonly clock: () => Date
  /** How long to wait when the store does not answer; default 1,000. */
  readonly retryMs?: number
}

/** Tells when tokens stop being valid, so that what goes on for long doesn't outlive the credential that it began with. */
export interface Endings {
  /**
   * Calls `end` once when the token is revoked, by whatever process, or expires; soon after the call when it has by then. Answers the
   * function that stops waiting.
   */
  whenEnded(id: string, end: () => void): () => void
  close(): void
}

/** The store is followed once for all tokens, and only while somebody waits for one. */
export function createEndings({ store, clock, retryMs = 1_000 }: EndingsOptions): Endings {
  const awaited = new Map<string, AwaitedToken>()
  let following: AbortController | undefined

  return { whenEnded, close }

  function whenEnded(id: string, end: () => void): () => void {
    const known = awaited.get(id)
    const token = known ?? { waiters: new Set(), timer: undefined }
    const waiter = { end }
    token.waiters.add(waiter)
    awaited.set(id, token)
    following ??= begin()
    if (!known) void look(id, token)
    return () => {
      token.waiters.delete(waiter)
      if (token.waiters.size === 0) forget(id, token)
    }
  }

  function close(): void {
    for (const [id, token] of awaited) forget(id, token)
  }

  function forget(id: string, token: AwaitedToken): void {
    if (awaited.get(id) !== token) return
    clearTimeout(token.timer)
    awaited.delete(id)
    if (awaited.size > 0) return
    following?.abort()
    following = undefined
  }

  function begin(): AbortController {
    const stop = new AbortController()
    void follow(stop.signal)
    return stop
  }

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Whoever uses the store meets the reason for a failure; here it is only to be tried again.
      await followOnce(signal).catch(() => pause(signal))
    }
  }

  /** The look at each token comes after the revision from which on changes are told, so that none falls between. */
  async function followOnce(signal: AbortSignal): Promise<void> {
    const fromRevision = await store.revision()
    for (const [id, token] of awaited) void look(id, token)
    for await (const batch of store.watch(grantPrefix, { fromRevision, signal })) {
      if (batch.type === 'compacted') return
      for (const { key } of batch.events) lookAgain(key.slice(grantPrefix.length))
    }
  }

  /** Cut short when nobody waits any more. */
  async function pause(signal: AbortSignal): Promise<void> {
    await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined)
  }

  function lookAgain(id: string): void {
    const token = awaited.get(id)
    if (token) void look(id, token)
  }

  async function look(id: string, token: AwaitedToken): Promise<void> {
    const leftMs = await timeLeft(id).catch(() => retryMs)
    if (awaited.get(id) !== token) return
    clearTimeout(token.timer)
    if (leftMs === 0) finish(id, token)
    else if (leftMs < Number.POSITIVE_INFINITY)
      token.timer = setTimeout(() => void look(id, token), Math.min(leftMs, longestTimerMs)).unref()
  }

  /** 0 for a token that is valid no more. */
  async function timeLeft(id: string): Promise<number> {
    const entry = await store.get(grantKey(id))
    const grant = entry && fromStoredGrant(id, entry.value)?.grant
    const now = clock()
    if (!grant || isExpired(grant, now)) return 0
    return grant.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(grant.expiresAt) - now.getTime()
  }

  function finish(id: string, token: AwaitedToken): void {
    forget(id, token)
    for (const { end } of token.waiters) end()
  }
}

/** What a timer can count, some 24 days; then it is looked at again. */
const longestTimerMs = 2 ** 31 - 1

interface AwaitedToken {
  /** Objects, since one function may wait several times. */
  readonly waiters: Set<{ readonly end: () => void }>
  timer: NodeJS.Timeout | undefined
}
