import { OrchestrationError } from '../errors.ts'
import type { Change, Entry, Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import {
  type Answer,
  digest,
  isAlive,
  type KeptRequest,
  readRequest,
  requestKey,
  toId,
} from './kept-request.ts'
import { type LedgerBounds, ledgerKey, toAddition, toRemoval, toReplacement } from './ledger.ts'

export type { Answer } from './kept-request.ts'

/** Requests that say by a key that they are the same one again, so that what they ask for is done once. */
export interface Idempotency {
  /**
   * Whether the credential's request with this key is to be done. `fingerprint` is what is asked for, as text of any length. Of two
   * that begin at the same moment, in whatever processes, one is `new`. `overloaded` when there is no room for another, since all that
   * is kept is still running.
   */
  begin(credentialId: string, key: string, fingerprint: string): Promise<Attempt>
}

export type Attempt =
  /** To be done now; whoever does it says what came of it. */
  | ({ readonly status: 'new' } & Turn)
  /** Was done; this is what was answered. */
  | { readonly status: 'done'; readonly answer: Answer }
  | { readonly status: 'running' }
  /** The key belongs to something else. */
  | { readonly status: 'other_request' }

export interface Turn {
  /**
   * Keeps the answer for a day, or until newer ones need its room; one of more than 128 KiB is not kept. Does nothing when the turn was
   * over before, after a minute.
   */
  finish(answer: Answer): Promise<void>
  /** Nothing was done, or nobody knows: the key is free again. */
  abandon(): Promise<void>
}

export interface IdempotencyOptions {
  readonly store: Store
  readonly clock: () => Date
  /** Default: 1,000 requests and 8 MiB for each credential, 100,000 and 64 MiB in all. */
  readonly bounds?: LedgerBounds
}

const defaultBounds: LedgerBounds = {
  perCredential: { count: 1_000, bytes: 8 * 1024 * 1024 },
  inAll: { count: 100_000, bytes: 64 * 1024 * 1024 },
}
const longestBodyBytes = 128 * 1024

export function createIdempotency(options: IdempotencyOptions): Idempotency {
  const context = { bounds: defaultBounds, ...options }
  return {
    async begin(credentialId, key, fingerprint) {
      const asked = {
        id: toId(credentialId, key),
        owner: digest(credentialId),
        fingerprint: digest(fingerprint),
      }
      // Most of those that come again need no place in the line.
      const { known } = await find(context, asked)
      return known ?? (await take(context, asked))
    },
  }
}

type Context = Required<IdempotencyOptions>
type Asked = Pick<KeptRequest, 'id' | 'owner' | 'fingerprint'>

async function take(context: Context, asked: Asked): Promise<Attempt> {
  const { store, clock, bounds } = context
  const { result, revision } = await updateEntry<KeptRequest | Attempt>(store, ledgerKey, async (entry) => {
    const { known, former } = await find(context, asked)
    if (known) return { result: known }
    const request = { ...asked, begunAt: clock().getTime(), answer: undefined }
    const addition = await toAddition(store, entry, request, former, bounds)
    if (!addition) throw noRoom()
    return { change: addition.change, result: addition.added }
  })
  return 'status' in result ? result : { status: 'new', ...createTurn(context, result, revision ?? 0) }
}

interface Found {
  /** What there is to say; undefined if the key is free. */
  readonly known?: Attempt
  /** What has run out and still stands there. */
  readonly former?: KeptRequest
}

async function find({ store, clock }: Context, { id, fingerprint }: Asked): Promise<Found> {
  const entry = await store.get(requestKey(id))
  const former = entry && readRequest(entry)
  if (!former) return {}
  return isAlive(former, clock().getTime()) ? { known: toAttempt(former, fingerprint) } : { former }
}

function toAttempt({ fingerprint, answer }: KeptRequest, asked: string): Attempt {
  if (fingerprint !== asked) return { status: 'other_request' }
  return answer ? { status: 'done', answer } : { status: 'running' }
}

/** It is over when another request has taken its place, by then or in the same moment. */
function createTurn({ store, clock, bounds }: Context, request: KeptRequest, revision: number): Turn {
  const key = requestKey(request.id)

  /** As long as it is not over: every request is written together with the ledger's entry, so one look is enough. */
  async function change(toChange: (entry: Entry | undefined) => Promise<Change>): Promise<void> {
    await updateEntry(store, ledgerKey, async (entry) => {
      const found = await store.get(key)
      if (found?.revision !== revision) return { result: undefined }
      return { change: await toChange(entry), result: undefined }
    })
  }

  const abandon = () => change((entry) => toRemoval(store, entry, request))

  return {
    abandon,
    async finish(answer) {
      if (Buffer.byteLength(answer.body) > longestBodyBytes) return await abandon()
      const answered = { ...request, answer }
      await change(async (entry) => {
        const kept = await toReplacement(store, entry, request, answered, bounds, clock().getTime())
        return kept ?? (await toRemoval(store, entry, request))
      })
    },
  }
}

function noRoom(): OrchestrationError {
  return new OrchestrationError(
    'overloaded',
    'So many requests with an Idempotency-Key are still running that no other can be kept. Nothing was done; send it again in a few seconds.',
  )
}
