import { AsyncResource } from 'node:async_hooks'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { probes } from '../health.ts'
import { createAdmission } from './admission.ts'
import { createSheddingLog } from './shedding-log.ts'

/** When there is more to do than can be done in time. */
export interface OverloadOptions {
  /**
   * How late the event loop may be, and how long a request may have to wait for its turn, before requests are refused, in milliseconds:
   * a whole number from 20 on; default 800.
   */
  readonly maxDelayMs?: number
}

/**
 * Refuses what could not be answered in time, before its credential is looked at and a byte of its body is read. Probes are always
 * answered. Throws `invalid_request` for a delay that can't be measured.
 */
export function shedOverload(instance: FastifyInstance, { maxDelayMs = 800 }: OverloadOptions = {}): void {
  refuseUnlessMeasurable(maxDelayMs)
  const admission = createAdmission({ maxWaitMs: maxDelayMs })
  const shedding = createSheddingLog(instance)
  const isProbe = createProbeCheck(instance)
  const isLate = watchLoop(instance, maxDelayMs)
  instance.addHook('onClose', async () => shedding.end())
  instance.addHook('onSend', (request: Visiting, _reply, _payload, done) => {
    if (request[inside]) admission.leave()
    request[inside] = false
    done()
  })
  instance.addHook('onRequest', (request: Visiting, { raw }, done) => {
    const mayWait = !isLate()
    if (mayWait && admission.isFree()) {
      request[inside] = true
      return done()
    }
    if (isProbe(request)) return done()
    // Whose turn lets it in makes no difference to what a host keeps for a request (AsyncLocalStorage).
    const goOn = AsyncResource.bind(done)
    const visitor = {
      enter() {
        request[inside] = true
        goOn()
      },
      refuse() {
        shedding.note()
        goOn(overloaded)
      },
      isGone: () => raw.destroyed,
    }
    if (mayWait) admission.wait(visitor)
    else admission.turnAway(visitor)
  })
}

/** At a request that was let in and isn't answered: preflights and what is malformed never come to the door. */
const inside = Symbol('inside')

type Visiting = FastifyRequest & { [inside]?: boolean }

/**
 * Whether the event loop was late at two looks in a row: one that was held up once, as by the loading of a module, has caught up by the
 * time at which anybody is told.
 */
function watchLoop(instance: FastifyInstance, maxDelayMs: number): () => boolean {
  let isLate = false
  // In a context of its own, since what it decorates can't be decorated twice: whose the instance is may register it, too.
  instance.register(async (own) => {
    // Without a limit of its own it only measures: its hook would refuse all at once, and callers that come back at once would keep the
    // loop late for ever. An interval in which the loop made no turn counts as infinitely late, so it is as long as the loop may be late.
    await own.register(underPressure, { sampleInterval: maxDelayMs })
    let wasLate = false
    let timer: NodeJS.Timeout | undefined
    const look = () => {
      const isNow = own.memoryUsage().eventLoopDelay > maxDelayMs
      isLate = isNow && wasLate
      wasLate = isNow
    }
    own.addHook('onReady', async () => {
      timer = setInterval(look, maxDelayMs).unref()
    })
    own.addHook('onClose', async () => clearInterval(timer))
  })
  return () => isLate
}

/** The error is made once: where it was thrown tells nothing, and to find that out costs more than the answer. */
const overloaded = new OrchestrationError(
  'overloaded',
  'The server has more to do than it can do in time, so nothing was done. Try again later.',
)

/** At the root, where a host may have put them below a prefix of its own. */
function createProbeCheck({ prefix }: Pick<FastifyInstance, 'prefix'>): (request: FastifyRequest) => boolean {
  const urls = new Set(probes.map((path) => prefix.replace(/\/$/, '') + path))
  return ({ routeOptions: { url } }) => url !== undefined && urls.has(url)
}

function refuseUnlessMeasurable(maxDelayMs: number): void {
  if (Number.isSafeInteger(maxDelayMs) && maxDelayMs >= shortestDelayMs) return
  throw new OrchestrationError(
    'invalid_request',
    `"maxDelayMs" of overload must be a whole number from ${shortestDelayMs} on, not ${maxDelayMs}. To refuse nothing, give false instead.`,
  )
}

/** The loop is looked at every ten milliseconds. */
const shortestDelayMs = 20
