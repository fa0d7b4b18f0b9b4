/**
 * How far each operation is from the least that could answer the same: `npm run perf`, or `npm run perf -- --quick`. README.md beside this
 * file says what is measured and how. Exits 1 when a budget of budgets.json is broken or a request failed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Budget, complaintsOf, complaintsOfStrays, toVerdicts } from './budgets.ts'
import { readOptions } from './options.ts'
import { toChart } from './report/chart.ts'
import { readProfile, toProfileText, withoutStart } from './report/cpu-profile.ts'
import { writeDocs } from './report/docs.ts'
import { toDuration } from './report/duration.ts'
import { toGrowthChart } from './report/growth-chart.ts'
import { toGrowthTables } from './report/growth-table.ts'
import { readMachine, toSubtitle } from './report/machine.ts'
import type { Result } from './report/result.ts'
import { toRows } from './report/table.ts'
import { toTextTable } from './report/text.ts'
import type { Suite } from './suite.ts'
import { chooseSuites, suites } from './suites.ts'

/** No server takes longer. */
const startSeconds = 1
const root = join(import.meta.dirname, '..')
const reports = join(root, 'reports')

const options = readOptions(process.argv.slice(2))
const chosen = chooseSuites(options)
if (chosen.length === 0) throw new Error(`No suite's name holds "${options.only}".`)
const budgets: readonly Budget[] = JSON.parse(
  await readFile(new URL('budgets.json', import.meta.url), 'utf8'),
)

// Servers end with the channel to this process, and homes are removed on its exit.
process.once('SIGINT', () => process.exit(130))

const machine = readMachine(options)
const subtitle = toSubtitle(machine)
const results: Result[] = []
const complaints: string[] = [...complaintsOfStrays(budgets, suites)]
console.error(
  `${subtitle}\n${chosen.length === 1 ? 'One suite' : `${chosen.length} suites`}, about ${toDuration(secondsOf(chosen))}.`,
)
for (const [index, suite] of chosen.entries()) {
  const tookSeconds = await runSuite(suite)
  const left = toDuration(secondsOf(chosen.slice(index + 1)))
  console.error(`${suite.name}: ${tookSeconds.toFixed(1)} s; ${index + 1} of ${chosen.length}, ${left} left`)
  await writeReports()
}
const tables = [toRows(results), ...toGrowthTables(results)].filter(({ length }) => length > 1)
console.log(['', subtitle, ...tables.map(toTextTable), ''].join('\n\n'))
if (options.writeDocs) await writeDocs(root, results, subtitle)
for (const sentence of complaints) console.error(sentence)
process.exitCode = complaints.length > 0 ? 1 : 0

function secondsOf(some: readonly Suite[]): number {
  return some.reduce((sum, suite) => sum + suite.seconds(options.pace), 0)
}

/** Answers how long it took, in seconds. */
async function runSuite(suite: Suite): Promise<number> {
  const startedAt = performance.now()
  const profileFolder = options.profile
    ? await mkdtemp(join(tmpdir(), 'mcp-orchestration-profile-'))
    : undefined
  try {
    const outcome = await suite.run({ pace: options.pace, profileFolder })
    const verdicts = toVerdicts(outcome, budgets)
    results.push({ outcome, verdicts })
    complaints.push(...complaintsOf(outcome, verdicts))
    if (profileFolder !== undefined) await showProfile(suite.name, profileFolder)
  } catch (error) {
    complaints.push(`${suite.name} could not be measured: ${error instanceof Error ? error.message : error}`)
  } finally {
    if (profileFolder !== undefined) await rm(profileFolder, { recursive: true, force: true })
  }
  return (performance.now() - startedAt) / 1000
}

async function showProfile(name: string, folder: string): Promise<void> {
  const profile = await readProfile(folder)
  if (!profile) return
  const ofRequests =
    name === 'start' ? profile : withoutStart(profile, options.pace.warmUpSeconds + startSeconds)
  console.log(`\n${toProfileText(name, ofRequests)}`)
}

/** After each suite: what is cut off leaves what it has found. */
async function writeReports(): Promise<void> {
  await mkdir(reports, { recursive: true })
  const report = { machine, pace: options.pace, complaints, results }
  await writeFile(join(reports, 'perf.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(join(reports, 'perf.svg'), toChart(results, subtitle))
  await writeFile(join(reports, 'perf-growth.svg'), toGrowthChart(results, subtitle))
}
