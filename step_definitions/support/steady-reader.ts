/** Priya, who reads the same again and again, so that what she is answered is kept when a change comes. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from './http.ts'
import { answersOf, read, readHead, type Subject } from './reading.ts'
import type { World } from './world.ts'

/** What she goes on reading in a scenario, and under which ETag she has it. */
interface LastRead {
  readonly subject: Subject
  readonly etag?: string
}

/** Short against the second for which an answer is kept at the most. */
const pauseMs = 20

const readers = new WeakMap<World, LastRead & { stop(): Promise<void> }>()

/** Until somebody asks what she has read, or the scenario ends. */
export function goOnReading(
  world: World,
  last: LastRead,
  headers: Readonly<Record<string, string>> = {},
): void {
  const stopping = new AbortController()
  const over = goOn()
  const stop = () => {
    stopping.abort()
    return over
  }
  world.stops.push(stop)
  readers.set(world, { ...last, stop })

  async function goOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { rest } = await read(world, 'Priya', last.subject, headers)
      // Whoever goes on with a wrong credential is told to wait, and that is another refusal.
      if (rest.status === 401) return
      await pause(pauseMs)
    }
  }
}

/** What she has read, as soon as she has stopped. */
export async function lastRead(world: World): Promise<LastRead> {
  const reader = readers.get(world) ?? assert.fail('Priya has read nothing.')
  await reader.stop()
  return reader
}

/** What she is answered after the change: first of all to the question whether what she has is still good. */
export async function readNext<T extends object>(world: World): Promise<readonly T[]> {
  world.outcome('doneAt')
  const { subject, etag } = await lastRead(world)
  const first = await read(world, 'Priya', subject, ifNoneMatch(etag))
  const head = await readHead(world, 'Priya', subject)
  assert.equal(etagOf(head), etagOf(first.rest))
  assert.notEqual(etagOf(first.rest), etag)
  return answersOf<T>(first)
}

export function ifNoneMatch(etag: string | undefined): Readonly<Record<string, string>> {
  return etag === undefined ? {} : { 'if-none-match': etag }
}

export function etagOf({ headers }: Answer): string {
  return headers.etag ?? assert.fail('It has no ETag.')
}
