import type { EventBatch, OrchestrationEvent } from '../../orchestrator.ts'
import { isWithinLimits, type JsonObject, type Limits } from '../../vocabulary.ts'

/** What goes over the wire, as section 9.2 of the HTML standard ("Server-sent events") has it. */
export const eventStreamMediaType = 'text/event-stream'

/** Whose events a listener wants and may have; everybody's by default. */
export interface EventFilter {
  readonly clientId?: string | undefined
  readonly profileId?: string | undefined
  /** Of its credential. */
  readonly limits?: Limits | null | undefined
}

/** How long a browser waits before it comes back. */
const retryMs = 2_000

/** The first bytes, so that the headers are sent and a listener can resume before anything has happened. */
export function openingFrame(revision: number | undefined): Buffer {
  return toBytes(
    `retry: ${retryMs}`,
    ': mcp-orchestration',
    ...(revision === undefined ? [] : [`id: ${revision}`]),
  )
}

/** Keeps proxies from closing a quiet stream, and moves its id on, so that it doesn't fall behind the history that is kept. */
export function heartbeatFrame(revision: number): Buffer {
  return toBytes(':', `id: ${revision}`)
}

export function compactedFrame(revision: number): Buffer {
  return toBytes('event: compacted', `data: ${JSON.stringify({ revision })}`, `id: ${revision}`)
}

/**
 * Only the last event of a revision carries its id: whoever breaks off between two of them comes back with the id before and is told
 * the revision whole.
 */
export function eventFrames(events: readonly OrchestrationEvent[], filter: EventFilter): Buffer {
  const wanted = events.filter((event) => isWanted(event, filter))
  const frames = wanted.map((event, index) => {
    const id = wanted[index + 1]?.revision === event.revision ? [] : [`id: ${event.revision}`]
    return toBytes(`event: ${event.type}`, `data: ${JSON.stringify(toData(event))}`, ...id)
  })
  return Buffer.concat(frames)
}

/** A batch as bytes, made once for all who want the same of it. */
export function createEncoder(batch: EventBatch): (filter: EventFilter) => Buffer {
  if (batch.type === 'compacted') {
    const frame = compactedFrame(batch.revision)
    return () => frame
  }
  const made = new Map<string, Buffer>()
  return (filter) => {
    const name = JSON.stringify(filter)
    const frames = made.get(name) ?? eventFrames(batch.events, filter)
    made.set(name, frames)
    return frames
  }
}

function isWanted(event: OrchestrationEvent, { clientId, profileId, limits = null }: EventFilter): boolean {
  if (clientId !== undefined && clientId !== event.clientId) return false
  if (profileId !== undefined && profileId !== event.profileId) return false
  return isWithinLimits(limits, event)
}

/** The lines of one frame. JSON has no line break in it, so each event is one line of data. */
function toBytes(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n\n`)
}

function toData(event: OrchestrationEvent): JsonObject {
  const about = { client_id: event.clientId, profile_id: event.profileId, revision: event.revision }
  if (event.type === 'draft_changed') return { ...about, server_count: event.serverCount }
  if (event.type === 'file_state_changed')
    return { ...about, config_path: event.configPath, file_state: event.fileState }
  const released = { ...about, artifact_id: event.artifactId, sequence: event.sequence }
  if (event.type === 'published') return released
  return { ...released, deployed_by: event.deployedBy, config_path: event.configPath }
}
