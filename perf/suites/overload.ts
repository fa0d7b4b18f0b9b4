import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createTally } from '../failures.ts'
import { openConnection, openConnections } from '../measure/connections.ts'
import { type Shooting, warmUp } from '../measure/load.ts'
import { type Message, toMessages } from '../measure/messages.ts'
import { askOneByOne } from '../measure/one-by-one.ts'
import { createHome, startProduct } from '../measure/product.ts'
import { createResponseReader, type Response } from '../measure/response-reader.ts'
import type { Shot, Traffic } from '../measure/traffic.ts'
import type { Comparison, Round } from '../measurement.ts'
import type { Pace } from '../options.ts'
import { toLatencies } from '../statistics.ts'
import { type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { publishConfigurations } from './profiles.ts'
import { clients, toConfigShot } from './reads.ts'
import { fillPublishers, toPublishShot } from './writes.ts'

/** Contenders that are kinds of answers: each round has the figures of one load. */
const accepted = 'accepted'
const refused = 'refused with 503'
const probed = '/health meanwhile'
const recovered = 'first answer afterwards'

export const overloadSuite: Suite = {
  name: 'overload',
  seconds: (pace) => serverSeconds + pace.warmUpSeconds + roundsOf(pace) * (loadSeconds(pace) + 3),
  run: (settings) => runOverload(settings),
}

/** Half of them changes: what costs most is what overloads first. */
const traffic: Traffic = [toPublishShot, clients, toPublishShot, toConfigShot('2 KB')]
const health: Shot = { method: 'GET', path: '/health', mark: '"healthy"' }
const comparisons: readonly Comparison[] = [
  { figure: 'p99Ms', of: accepted },
  { figure: 'p99Ms', of: probed },
  { figure: 'p50Ms', of: recovered },
]

/** So many connections that the last request would be answered after so many seconds, however fast the server is. */
const secondsBehind = 2
const fewestConnections = 1_000
const mostConnections = 8_000
/** Below what makes requests wait. */
const warmUpConnections = 100
/** Longer than anybody should have to wait. */
const answerWithinMs = 30_000
const betweenProbesMs = 20

async function runOverload({ pace, profileFolder }: RunSettings) {
  await using home = await createHome(async (orchestrator) => {
    await publishConfigurations(orchestrator)
    await fillPublishers(orchestrator)
  })
  await using server = await startProduct(home, { profileFolder })
  const warming = { server, headers: home.headers, traffic, connections: warmUpConnections }
  const perSecond = await warmUp(warming, pace.warmUpSeconds)
  const connections = Math.min(mostConnections, Math.max(fewestConnections, perSecond * secondsBehind))
  const shooting = { ...warming, connections: Math.round(connections) }
  const rounds: LoadRounds[] = []
  for (let round = 0; round < roundsOf(pace); round += 1)
    rounds.push(await measureOverload(shooting, loadSeconds(pace)))
  const names = [accepted, refused, probed, recovered] as const
  return {
    suite: overloadSuite.name,
    contenders: names.map((name) => ({ name, rounds: rounds.map((each) => each[name]) })),
    comparisons,
  }
}

function roundsOf({ crowdRounds }: Pace): number {
  return Math.min(3, crowdRounds)
}

/** Long enough for those who came first not to be all that there is. */
function loadSeconds({ roundSeconds }: Pace): number {
  return Math.max(2, roundSeconds * 2)
}

type LoadRounds = Readonly<Record<typeof accepted | typeof refused | typeof probed | typeof recovered, Round>>

/** Each connection sends its next request as soon as it has an answer, a refusal too, whatever that says about when to come back. */
async function measureOverload(shooting: Shooting, seconds: number): Promise<LoadRounds> {
  const { server, connections } = shooting
  using crowd = await openConnections(server.url, connections)
  const answers = createAnswers()
  const next = toMessages(shooting)
  const until = performance.now() + seconds * 1000
  const load = crowd.sockets.map((socket, first) => hammer(socket, { next, first, until, answers }))
  const health = probe(shooting, until)
  await Promise.all(load)
  const afterMs = await untilAnswered(shooting)
  const { peakMemoryBytes: memoryBytes } = await server.usage()
  return {
    ...answers.toRounds(seconds, memoryBytes),
    [probed]: await health,
    [recovered]: { p50Ms: afterMs },
  }
}

interface Hammering {
  readonly next: (index: number) => Message
  readonly first: number
  readonly until: number
  readonly answers: ReturnType<typeof createAnswers>
}

async function hammer(socket: Socket, { next, first, until, answers }: Hammering): Promise<void> {
  const reader = createResponseReader(socket)
  for (let index = first; performance.now() < until; index += 1) {
    const message = next(index)
    const startedAt = performance.now()
    const answer = reader.read(answerWithinMs)
    socket.write(message.bytes)
    const response = await answer
    answers.add(message, response, performance.now() - startedAt)
    if (!response) return
  }
}

/** What was let in and what was refused; anything else has failed. */
function createAnswers() {
  const acceptedMs: number[] = []
  const refusedMs: number[] = []
  const tally = createTally()
  return {
    add(message: Message, response: Response | undefined, tookMs: number): void {
      const reason = response ? message.reasonAgainst(response) : 'no answer'
      if (reason === undefined) acceptedMs.push(tookMs)
      else if (response && isRefusal(response)) refusedMs.push(tookMs)
      else tally.add(reason)
    },
    toRounds(seconds: number, memoryBytes: number) {
      const found = { ...tally.found(), memoryBytes }
      return {
        [accepted]: { ...toLatencies(acceptedMs), perSecond: acceptedMs.length / seconds, ...found },
        [refused]: { ...toLatencies(refusedMs), perSecond: refusedMs.length / seconds },
      }
    },
  }
}

function isRefusal({ status, text }: Response): boolean {
  return status === 503 && /^retry-after: [1-9]/im.test(text) && text.includes('"code":"overloaded"')
}

async function probe(shooting: Shooting, until: number): Promise<Round> {
  const next = toMessages({ ...shooting, traffic: [health] })
  using socket = await openConnection(shooting.server.url)
  const timesMs: number[] = []
  const tally = createTally()
  while (performance.now() < until) {
    const answers = await askOneByOne(socket, { amount: 1, message: next })
    timesMs.push(...answers.timesMs)
    tally.addAll(answers.reasons)
    await pause(betweenProbesMs)
  }
  return { ...toLatencies(timesMs), ...tally.found() }
}

/** How long after the last answer it takes until a request is accepted. */
async function untilAnswered(shooting: Shooting): Promise<number> {
  const startedAt = performance.now()
  const next = toMessages({ ...shooting, traffic: [clients] })
  using socket = await openConnection(shooting.server.url)
  while ((await askOneByOne(socket, { amount: 1, message: next })).failures > 0)
    if (performance.now() - startedAt > answerWithinMs) return Number.NaN
  return performance.now() - startedAt
}
