import type { Api } from '../api.ts'
import type { Page } from '../app.ts'
import { type Frame, readFrames } from '../event-stream.ts'
import { type Problem, Refusal, toProblem } from '../problem.ts'
import { type EventData, toActivity } from './activity.ts'
import { createRefresher } from './refresher.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
const mostActivity = 20

/**
 * Follows what happens for as long as the token is good. Whenever the stream breaks it is opened again where it broke off, and everything
 * is read anew, since what answers then may be another server.
 */
export function stayLive(
  page: Page,
  api: Api,
  over: AbortController,
  onTokenEnd: (problem: Problem) => void,
): void {
  const { signal } = over
  const refresher = createRefresher(page)
  let wake = () => {}
  let failures = 0
  let lastId = ''
  page.connection = { api, signal, end: () => over.abort(), retryNow: () => wake() }
  void run()

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await listen()
      } catch (error) {
        if (signal.aborted) return
        if (error === tryNow) continue
        const problem = toStreamProblem(error)
        if (problem.code === 'invalid_credentials') return onTokenEnd(problem)
        await wait(problem)
      }
    }
  }

  async function listen(): Promise<void> {
    const attempt = new AbortController()
    const { promise: hurry, reject } = Promise.withResolvers<never>()
    wake = () => reject(tryNow)
    try {
      const response = await Promise.race([api.events(lastId, attempt.signal), hurry])
      page.update({ stream: { status: 'live' } })
      await refresher.refreshAll()
      failures = 0
      for await (const frame of readFrames(response)) take(frame)
      throw beginAnew('The server ended the stream.')
    } finally {
      attempt.abort()
    }
  }

  function take({ id, type, data }: Frame): void {
    lastId = id ?? lastId
    if (data === undefined || signal.aborted) return
    if (type === 'compacted') throw beginAnew('The server has forgotten what happened meanwhile.')
    const event = JSON.parse(data) as EventData
    const activity = toActivity(type, event)
    page.update({ activity: [activity, ...page.state.activity].slice(0, mostActivity) })
    void refresher.refresh(event.client_id)
  }

  /** Longer after each failure, and never at the same moment as everybody else who waits for the same server. */
  async function wait(problem: Problem): Promise<void> {
    const longestMs = Math.min(longestWaitMs, firstWaitMs * 2 ** failures++)
    const waitMs = problem.retryAfterMs ?? longestMs * (0.5 + Math.random() / 2)
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    signal.addEventListener('abort', () => resolve(), { once: true })
    page.update({ stream: { status: 'waiting', retryAt: Date.now() + waitMs, problem } })
    const timers = [setTimeout(resolve, waitMs), setInterval(() => page.update({}), 1_000)]
    await promise
    timers.forEach(clearTimeout)
    if (!signal.aborted) page.update({ stream: { status: 'connecting', problem } })
  }
}

/** What ends a try that hangs, so that the next one begins. */
const tryNow = Symbol('try now')

function beginAnew(detail: string): Refusal {
  return new Refusal({ code: 'stream_ended', title: 'Reconnecting', detail })
}

/** What breaks while it is read is a connection that is gone. */
function toStreamProblem(error: unknown): Problem {
  if (error instanceof Refusal) return toProblem(error)
  return { code: 'stream_broken', title: 'Connection lost', detail: 'The stream of events broke off.' }
}
