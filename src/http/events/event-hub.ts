import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { OrchestrationError } from '../../errors.ts'
import type { EventBatch, Orchestrator } from '../../orchestrator.ts'
import { shuttingDown } from '../lifecycle.ts'
import {
  compactedFrame,
  createEncoder,
  type EventFilter,
  eventFrames,
  heartbeatFrame,
  openingFrame,
} from './event-frames.ts'
import { createEventListener, type EventListener } from './event-listener.ts'

export interface EventHubOptions {
  readonly orchestrator: Pick<Orchestrator, 'events' | 'store'>
  /** How many streams may be open at once; default 2,000. */
  readonly maxStreams?: number | undefined
  /** Default 15,000. */
  readonly heartbeatMs?: number | undefined
  /** How much a caller may leave unread before it is cut off; default 256 KiB. */
  readonly maxUnreadBytes?: number | undefined
  /** How long a caller may read nothing of what waits for it before it is cut off; default 30,000. */
  readonly stallMs?: number | undefined
}

export interface StreamRequest {
  readonly response: ServerResponse
  readonly filter: EventFilter
  /** The revision up to which the caller knows everything; undefined for one that begins now. */
  readonly lastRevision: number | undefined
  /** Calls `end` when the caller's credential does; answers what stops that. */
  readonly whenEnded: (end: () => void) => () => void
}

/** Follows the store once, however many listen, and not at all while nobody does. */
export interface EventHub {
  /** `overloaded` beyond the most streams, `store_unavailable` when the store doesn't answer, `shutting_down` after `close()`. */
  open(request: StreamRequest): Promise<Readable>
  /** Ends every stream. */
  close(): void
}

export function createEventHub(options: EventHubOptions): EventHub {
  const { orchestrator, maxStreams = 2_000, heartbeatMs = 15_000 } = options
  const { maxUnreadBytes = 256 * 1024, stallMs = 30_000 } = options
  const members = new Set<Member>()
  let feed: Feed | undefined
  let closed = false

  return { open, close }

  async function open({ response, filter, lastRevision, whenEnded }: StreamRequest): Promise<Readable> {
    if (closed) throw shuttingDown()
    if (members.size >= maxStreams) throw overloaded(maxStreams)
    const listener = createEventListener({ response, filter, maxUnreadBytes, stallMs })
    const member: Member = { listener, through: lastRevision ?? 0, isLive: false }
    const stopWaiting = whenEnded(listener.end)
    const leave = () => {
      stopWaiting()
      listener.stream.destroy()
      members.delete(member)
      if (members.size === 0) endFeed()
    }
    members.add(member)
    response.once('close', leave)
    feed ??= beginFeed()
    try {
      await welcome(member, feed, lastRevision === undefined)
    } catch (error) {
      leave()
      throw error
    }
    // The caller may have gone before anybody listened for that.
    if (response.destroyed) leave()
    return listener.stream
  }

  async function welcome(member: Member, current: Feed, isNew: boolean): Promise<void> {
    await current.started
    if (isNew) member.through = current.through
    member.listener.write(openingFrame(isNew ? current.through : undefined))
    if (isNew) member.isLive = true
    else void catchUp(member, current).catch(member.listener.end)
  }

  function close(): void {
    closed = true
    endAll()
  }

  function endAll(): void {
    for (const { listener } of members) listener.end()
  }

  function checkAll(): void {
    for (const { listener } of members) listener.check()
  }

  function beginFeed(): Feed {
    const stop = new AbortController()
    const timers = [setInterval(beat, heartbeatMs).unref(), setInterval(checkAll, stallMs / 6).unref()]
    stop.signal.addEventListener('abort', () => {
      for (const timer of timers) clearInterval(timer)
    })
    const begun: Feed = { through: 0, started: start(), stop }
    return begun

    async function start(): Promise<void> {
      const revision = await orchestrator.store.revision()
      begun.through = revision
      void follow(begun)
    }
  }

  function endFeed(): void {
    feed?.stop.abort()
    feed = undefined
  }

  /** When the store fails, the callers come back and meet the reason. */
  async function follow(current: Feed): Promise<void> {
    const { signal } = current.stop
    try {
      while (!signal.aborted) {
        const batches = orchestrator.events.follow({ fromRevision: current.through, signal })
        for await (const batch of batches) broadcast(current, batch)
      }
    } catch {
      if (feed !== current) return
      endFeed()
      endAll()
    }
  }

  function broadcast(current: Feed, batch: EventBatch): void {
    const before = current.through
    current.through = endOf(batch)
    const encode = createEncoder(batch)
    for (const member of members) {
      // A store that was put back to an earlier revision is told, too, whatever revision its listeners knew.
      if (!member.isLive || (batch.type === 'events' && member.through >= batch.through)) continue
      const bytes = member.through <= before ? encode(member.listener.filter) : encodeRest(member, batch)
      member.through = current.through
      if (bytes.length > 0) member.listener.write(bytes)
    }
  }

  function beat(): void {
    if (!feed) return
    const frame = heartbeatFrame(feed.through)
    // One that has just resumed may be ahead of the feed.
    for (const { listener, isLive, through } of members)
      if (isLive && through <= feed.through) listener.write(frame)
  }

  /**
   * Reads what a resuming caller has missed, at the speed at which it takes it, until it knows as much as the feed: in that same turn it
   * joins the others, so nothing is left out or told twice. Between two reads nothing is held but the bytes on their way.
   */
  async function catchUp(member: Member, current: Feed): Promise<void> {
    const head = await orchestrator.store.revision()
    if (member.through > head) await tell(member, { type: 'compacted', revision: head })
    while (members.has(member) && member.through < current.through) {
      const batch = await first(orchestrator.events.follow({ fromRevision: member.through }))
      if (batch) await tell(member, batch)
    }
    member.isLive = true
    member.listener.write(heartbeatFrame(member.through))
  }
}

interface Member {
  readonly listener: EventListener
  /** The revision up to which the caller has been told everything. */
  through: number
  /** Whether it is told what the feed brings; else it is catching up. */
  isLive: boolean
}

interface Feed {
  /** The revision up to which everything has been told to those who are live. */
  through: number
  readonly started: Promise<void>
  readonly stop: AbortController
}

/** One revision after the other, so that a long past waits in the store and not here. */
async function tell(member: Member, batch: EventBatch): Promise<void> {
  const { listener } = member
  if (batch.type === 'compacted') listener.write(compactedFrame(batch.revision))
  else
    for (const events of Map.groupBy(batch.events, ({ revision }) => revision).values()) {
      listener.write(eventFrames(events, listener.filter))
      await listener.drained()
    }
  member.through = endOf(batch)
}

function encodeRest({ listener, through }: Member, batch: EventBatch): Buffer {
  if (batch.type === 'compacted') return compactedFrame(batch.revision)
  return eventFrames(
    batch.events.filter(({ revision }) => revision > through),
    listener.filter,
  )
}

function endOf(batch: EventBatch): number {
  return batch.type === 'compacted' ? batch.revision : batch.through
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}

function overloaded(maxStreams: number): OrchestrationError {
  return new OrchestrationError(
    'overloaded',
    `${maxStreams} event streams are open, which is as many as this server takes. Close one, or try again later.`,
  )
}
