import { createHome, startProduct } from '../measure/product.ts'
import { takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import type { Shot, Traffic } from '../measure/traffic.ts'
import type { Comparison } from '../measurement.ts'
import type { Pace } from '../options.ts'
import { type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { fillMixed, mixedTraffic } from './crowds.ts'
import { configurations } from './profiles.ts'
import { toConfigShot } from './reads.ts'
import { toPublishShot } from './writes.ts'

const alone = '1 process'
const together = '2 workers'

const { clientId, profileId } = configurations['50 KB']

/** Computed anew for each request, and changes nothing: what costs the server ten times what it costs the load generator. */
const validate: Shot = {
  method: 'POST',
  path: `/v1/config/${clientId}/${profileId}/validate`,
  body: {},
  mark: '"valid":true',
}

const comparisons: readonly Comparison[] = [
  { figure: 'perSecond', of: together, against: alone },
  { figure: 'p99Ms', of: together, against: alone },
  { figure: 'cpuMicroseconds', of: together, against: alone },
]

/**
 * What a second process brings on this machine. The load generator needs a core of its own, too: on two cores there is something to gain
 * only as far as a request costs the server more than it costs whoever sends it.
 */
export const workersSuites: readonly Suite[] = [
  toSuite('POST validate 50 KB', [validate]),
  toSuite('mixed load', mixedTraffic),
  toSuite('GET config 2 KB', [toConfigShot('2 KB')]),
  toSuite('POST publish', [toPublishShot]),
]

function toSuite(name: string, traffic: Traffic): Suite {
  const suite = `workers, ${name}`
  return {
    name: suite,
    isVariant: traffic !== mixedTraffic,
    seconds: (pace) => 3 * serverSeconds + toTurnsSeconds(2, toOwnPace(pace)),
    run: (settings) => compare(suite, traffic, settings),
  }
}

async function compare(suite: string, traffic: Traffic, { pace }: RunSettings) {
  await using aloneHome = await createHome(fillMixed)
  await using sharedHome = await createHome(fillMixed)
  await using one = await startProduct(aloneHome)
  await using two = await startProduct(sharedHome, { workers: 2 })
  const common = { traffic, connections: 100 }
  const contenders = await takeTurns(
    [
      { name: together, server: two, headers: sharedHome.headers, ...common },
      { name: alone, server: one, headers: aloneHome.headers, ...common },
    ],
    toOwnPace(pace),
  )
  return { suite, contenders, comparisons }
}

/** Shorter rounds, since there are several suites; as much of a warm-up, since each process has one of its own. */
function toOwnPace({ rounds, roundSeconds, warmUpSeconds, requestsEach }: Pace) {
  return { rounds, roundSeconds: roundSeconds / 2, warmUpSeconds, requestsEach }
}
