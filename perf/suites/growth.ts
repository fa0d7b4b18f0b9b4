/**
 * How the cost of a request grows with what there is: the same requests to servers on homes of several sizes, which take turns. The
 * answer's own size counts: what is promised is the CPU time for each KB of the answer.
 */
import { createOrchestrator } from 'mcp-orchestration'
import { createHome, type Home, startProduct } from '../measure/product.ts'
import { type Entrant, takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import { takeSample } from '../measure/sample.ts'
import type { ServerProcess } from '../measure/server-process.ts'
import { nextIndex } from '../measure/traffic.ts'
import type { Contender, Curve, Outcome } from '../measurement.ts'
import type { GrowthPace, Pace } from '../options.ts'
import { type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { type Dimension, dimensions, type GrowthRequest } from './growth-dimensions.ts'

/** Few, so that what takes a second for each is still answered in time. */
const connections = 10

export const growthSuites: readonly Suite[] = dimensions.map((dimension) => ({
  name: `growth by ${dimension.name}`,
  seconds: ({ growth }) => {
    const { requests, sizes, fillSeconds } = dimension
    const turnsSeconds = requests
      .flatMap(toVariants)
      .reduce((sum, variant) => sum + toTurnsSeconds(growth.sizes, toTurnsPace(variant, growth)), 0)
    const fillShare = growth.sizes === sizes.length ? fillSeconds : 1
    return fillShare + growth.sizes * serverSeconds + turnsSeconds
  },
  run: (settings) => runGrowth(dimension, settings),
}))

interface Variant extends GrowthRequest {
  readonly isAfterCommit: boolean
}

/** A home of one size, a server on it, and another process on the same store: this one. */
interface Site extends AsyncDisposable {
  readonly size: number
  readonly home: Home
  readonly server: ServerProcess
  /** A commit of a key that no answer is made of. */
  commit(): Promise<void>
}

async function runGrowth(dimension: Dimension, { pace, profileFolder }: RunSettings): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  const sizes = dimension.sizes.slice(0, pace.growth.sizes)
  const sites: Site[] = []
  for (const size of sizes) {
    // What is asked of the largest is the profile to look at.
    const folder = size === sizes.at(-1) ? profileFolder : undefined
    sites.push(stack.use(await openSite(dimension, size, folder)))
  }
  const variants = dimension.requests.flatMap(toVariants)
  const contenders: Contender[] = []
  for (const variant of variants)
    contenders.push(...(await measureVariant(variant, dimension.name, sites, pace)))
  const curves = variants.map(({ name }) => toCurve(name, dimension.name, sizes))
  return {
    suite: `growth by ${dimension.name}`,
    contenders,
    comparisons: curves.map(toComparison),
    curves,
    isTooShort: sizes.length < dimension.sizes.length,
  }
}

function toVariants(request: GrowthRequest): readonly Variant[] {
  const often = { ...request, isAfterCommit: false }
  if (!request.isKeepable) return [often]
  return [often, { ...request, name: `${request.name}, after a commit`, isAfterCommit: true }]
}

function toTurnsPace(variant: Variant, growth: GrowthPace) {
  return { ...growth, roundSeconds: toRoundSeconds(variant, growth), requestsEach: 1 }
}

function toRoundSeconds(
  { isKeepable = false, hasLooks = false, isAfterCommit }: Variant,
  { roundSeconds, keptRoundSeconds, lookRoundSeconds }: GrowthPace,
): number {
  if (hasLooks) return lookRoundSeconds
  return isKeepable && !isAfterCommit ? keptRoundSeconds : roundSeconds
}

async function measureVariant(
  variant: Variant,
  things: string,
  sites: readonly Site[],
  { growth }: Pace,
): Promise<readonly Contender[]> {
  const { name, shot, isAfterCommit, amount } = variant
  const entrants = sites.map(
    ({ size, server, home, commit }): Entrant => ({
      name: contenderOf(name, size, things),
      server,
      headers: home.headers,
      traffic: [shot],
      connections: isAfterCommit || amount !== undefined ? 1 : connections,
      ...(isAfterCommit && { prepare: commit }),
      ...(amount !== undefined && { amount }),
    }),
  )
  const kilobytes: number[] = []
  for (const { server, home } of sites) {
    const sample = typeof shot === 'function' ? shot(nextIndex()) : shot
    kilobytes.push((await takeSample(server.url, sample, home.headers)).text.length / 1024)
  }
  const contenders = await takeTurns(entrants, toTurnsPace(variant, growth))
  return contenders.map((contender, index) => perKilobyte(contender, kilobytes[index] ?? Number.NaN))
}

function perKilobyte({ name, rounds }: Contender, kilobytes: number): Contender {
  return {
    name,
    rounds: rounds.map((round) => ({
      ...round,
      answerKilobytes: kilobytes,
      cpuPerKilobyte: (round.cpuMicroseconds ?? Number.NaN) / kilobytes,
    })),
  }
}

async function openSite({ fill }: Dimension, size: number, profileFolder: string | undefined): Promise<Site> {
  const stack = new AsyncDisposableStack()
  const home = stack.use(await createHome((orchestrator, folder) => fill(orchestrator, folder, size)))
  const server = stack.use(await startProduct(home, { profileFolder }))
  const other = stack.use(createOrchestrator({ home: home.folder, env: { HOME: home.folder } }))
  return {
    size,
    home,
    server,
    async commit() {
      await other.store.commit({ put: { 'perf/commit': nextIndex() } })
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function toCurve(name: string, things: string, sizes: readonly number[]): Curve {
  return { name, points: sizes.map((size) => ({ size, contender: contenderOf(name, size, things) })) }
}

/** The largest against the smallest. */
function toComparison({ points }: Curve) {
  return {
    figure: 'cpuPerKilobyte',
    of: points.at(-1)?.contender ?? '',
    against: points[0]?.contender ?? '',
  } as const
}

function contenderOf(request: string, size: number, things: string): string {
  return `${request}, ${size.toLocaleString('en')} ${things}`
}
