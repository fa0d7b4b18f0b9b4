/**
 * How far each operation is from a bare Fastify route that answers the same body: `npm run perf`, or `npm run perf -- --quick`.
 *
 * Machines swing by half from minute to minute, so nothing here is absolute: both servers take turns in the same run, each a process of
 * its own, and what counts is the ratio of the CPU time that they themselves report. Exits 1 when a budget of budgets.json is broken.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { connections, type Measurement, measure, warmUp } from './load.ts'
import { type Budgets, brokenPromises, type SuiteReport, type SuiteRun, toReport, toTable } from './report.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { routeOf, type Suite, suites } from './suites.ts'

interface Pace {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

const paces = {
  full: { rounds: 5, seconds: 3, warmUpSeconds: 2 },
  quick: { rounds: 3, seconds: 1, warmUpSeconds: 1 },
} as const satisfies Record<string, Pace>

const reportsFolder = join(import.meta.dirname, '..', 'reports')

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
})
const pace = options.quick ? paces.quick : paces.full
const chosen = suites.filter(({ name }) => name.includes(options.only))
if (chosen.length === 0) throw new Error(`No suite's name holds "${options.only}".`)

const budgets: Budgets = JSON.parse(await readFile(new URL('budgets.json', import.meta.url), 'utf8'))
const reports: SuiteReport[] = []
for (const suite of chosen) reports.push(toReport(await runSuite(suite, pace), budgets))
console.log(`${connections} connections, medians of ${pace.rounds} rounds of about ${pace.seconds} s\n`)
console.log(toTable(reports))
await writeReport(reports)
const broken = reports.flatMap((report) => brokenPromises(report))
for (const sentence of broken) console.error(sentence)
process.exitCode = broken.length > 0 ? 1 : 0

async function runSuite(suite: Suite, { rounds, seconds, warmUpSeconds }: Pace): Promise<SuiteRun> {
  const home = await mkdtemp(join(tmpdir(), 'mcp-orchestration-perf-'))
  try {
    await using ours = await startServer('orchestrator-server.ts', [home, suite.name])
    const body = await firstAnswer(ours, suite)
    const { method, url } = routeOf(suite)
    await using bare = await startServer('bare-server.ts', [method, url, body])
    assert.equal(await firstAnswer(bare, suite), body, 'The bare route answers something else.')
    const found = { ours: [] as Measurement[], bare: [] as Measurement[] }
    const amounts = {
      ours: toAmount(await warmUp(ours, suite, warmUpSeconds), seconds),
      bare: toAmount(await warmUp(bare, suite, warmUpSeconds), seconds),
    }
    for (let round = 0; round < rounds; round += 1) {
      found.ours.push(await measure(ours, suite, amounts.ours))
      found.bare.push(await measure(bare, suite, amounts.bare))
    }
    return { name: suite.name, bodyBytes: Buffer.byteLength(body), ...found }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** About as many requests as take so long, and never so few that the connections make no second one. */
function toAmount(requestsPerSecond: number, seconds: number): number {
  return Math.max(2 * connections, Math.round(requestsPerSecond * seconds))
}

async function firstAnswer({ url, headers }: ServerProcess, suite: Suite): Promise<string> {
  const { path, body } = suite.request(0)
  const { method } = routeOf(suite)
  const json = body ? { body: JSON.stringify(body) } : {}
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...json,
  })
  const text = await response.text()
  assert.ok(response.ok && text.includes(suite.mark), `${suite.name}: ${response.status} ${text}`)
  return text
}

async function writeReport(suiteReports: readonly SuiteReport[]): Promise<void> {
  const machine = {
    node: process.version,
    platform: process.platform,
    cpus: cpus().map(({ model }) => model),
  }
  const report = { at: new Date().toISOString(), machine, connections, pace, suites: suiteReports }
  await mkdir(reportsFolder, { recursive: true })
  await writeFile(join(reportsFolder, 'perf.json'), `${JSON.stringify(report, null, 2)}\n`)
}
