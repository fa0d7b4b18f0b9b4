/** A suite about one operation's route, beside bare Fastify routes that answer the same. */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Orchestrator } from 'mcp-orchestration'
import type { RoutesFixture, UnchangedFixture } from '../baselines/fixture.ts'
import { toAnsweredRoute } from '../measure/answered-route.ts'
import { startBaseline } from '../measure/baseline.ts'
import { createHome, type Home, startProduct } from '../measure/product.ts'
import { takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import { takeSample } from '../measure/sample.ts'
import type { ServerProcess } from '../measure/server-process.ts'
import { nextIndex, type Shot } from '../measure/traffic.ts'
import type { Comparison } from '../measurement.ts'
import { bare, guarded, ours, oursLogging, type Suite, serverSeconds, unchanged } from '../suite.ts'

export interface RouteSuiteOptions {
  readonly name: string
  /** The operation's id in the catalogue. */
  readonly operation: string
  fill(orchestrator: Orchestrator, folder: string): Promise<void>
  readonly shot: Shot | ((index: number) => Shot)
  /** Whether ours is told by If-None-Match what it answered before; the baseline knows no such thing. */
  readonly isRevalidated?: boolean
  /** Whether request log lines, and a baseline that checks who asks, are looked at too. */
  readonly hasVariants?: boolean
  readonly isVariant?: boolean
}

const connections = 100

export function createRouteSuite(options: RouteSuiteOptions): Suite {
  const { name, operation, fill, shot, isRevalidated = false, hasVariants = false } = options
  return {
    name,
    isVariant: options.isVariant ?? false,
    seconds: (pace) => contendersOf(options) * (serverSeconds + toTurnsSeconds(1, pace)),
    async run({ pace, profileFolder }) {
      await using home = await createHome(fill)
      await using product = await startProduct(home, { profileFolder })
      const first = typeof shot === 'function' ? shot(nextIndex()) : shot
      const { text, headers } = await takeSample(product.url, first, home.headers)
      const fixture = await home.write('routes.json', toFixture(operation, text, home.headers))
      await using baseline = await startBaseline('bare', fixture)
      assertSame((await takeSample(baseline.url, first)).text, text)
      await using logging = hasVariants ? await startProduct(home, { logsRequests: true }) : undefined
      await using guard = hasVariants ? await startBaseline('guarded', fixture) : undefined
      const revalidation = isRevalidated ? revalidate(first, headers) : undefined
      const wanted = revalidation ?? shot
      await using least = revalidation
        ? await startUnchanged(product.url, revalidation, { home, operation, text })
        : undefined
      const common = { headers: home.headers, connections }
      const contenders = await takeTurns(
        [
          { name: ours, server: product, traffic: [wanted], ...common },
          ...(logging ? [{ name: oursLogging, server: logging, traffic: [wanted], ...common }] : []),
          { name: bare, server: baseline, traffic: [shot], ...common },
          ...(guard ? [{ name: guarded, server: guard, traffic: [shot], ...common }] : []),
          ...(least ? [{ name: unchanged, server: least, traffic: [wanted], ...common }] : []),
        ],
        pace,
      )
      return {
        suite: name,
        contenders,
        comparisons: [
          toBare(ours),
          ...(logging ? [toBare(oursLogging)] : []),
          ...(least ? [toBare(unchanged)] : []),
        ],
      }
    },
  }
}

function contendersOf({ isRevalidated = false, hasVariants = false }: RouteSuiteOptions): number {
  return 2 + (hasVariants ? 2 : 0) + (isRevalidated ? 1 : 0)
}

/** The least that could say of what ours answered that it hasn't changed. */
async function startUnchanged(
  url: string,
  revalidation: Shot,
  { home, operation, text }: { readonly home: Home; readonly operation: string; readonly text: string },
): Promise<ServerProcess> {
  const { headers } = await takeSample(url, revalidation, home.headers)
  const fixture: UnchangedFixture = {
    routes: [toAnsweredRoute(operation, text)],
    headers: Object.fromEntries([...headers].filter(([name]) => !byNode.has(name))),
  }
  return startBaseline('unchanged', await home.write('unchanged.json', fixture))
}

/** Sent by Node with every answer. */
const byNode = new Set(['connection', 'date', 'keep-alive'])

/** The serialiser may order the members of an object of several shapes otherwise; their number of bytes is the same. */
function assertSame(answered: string, wanted: string): void {
  const isSame =
    answered.length === wanted.length && isDeepStrictEqual(JSON.parse(answered), JSON.parse(wanted))
  assert.ok(isSame, `The bare route answers something else: ${answered.slice(0, 200)}`)
}

function toBare(of: string): Comparison {
  return { figure: 'cpuMicroseconds', of, against: bare }
}

function revalidate(shot: Shot, headers: Headers): Shot {
  const etag = headers.get('etag')
  assert.ok(etag, `${shot.path} has no ETag.`)
  return { ...shot, headers: { 'if-none-match': etag }, status: 304, mark: '' }
}

function toFixture(
  id: string,
  text: string,
  { authorization = '' }: Readonly<Record<string, string>>,
): RoutesFixture {
  return { routes: [toAnsweredRoute(id, text)], token: authorization.slice('Bearer '.length) }
}
