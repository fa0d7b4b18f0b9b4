/**
 * How far each operation is from the least that could answer the same: `npm run perf`, or `npm run perf -- --quick`. README.md beside this
 * file says what is measured and how. Exits 1 when a budget of budgets.json is broken or a request failed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Budget, complaintsOf, complaintsOfStrays, toVerdicts } from './budgets.ts'
import { readOptions } from './options.ts'
import { toChart } from './report/chart.ts'
import { findHotspots, readProfile } from './report/profile.ts'
import { type Result, toTable } from './report/table.ts'
import type { Suite } from './suite.ts'
import { suites } from './suites.ts'

const reports = join(import.meta.dirname, '../reports')
const hotspots = 25

const options = readOptions(process.argv.slice(2))
const chosen = suites.filter(({ name }) => name.includes(options.only))
if (chosen.length === 0) throw new Error(`No suite's name holds "${options.only}".`)
const budgets: readonly Budget[] = JSON.parse(
  await readFile(new URL('budgets.json', import.meta.url), 'utf8'),
)

// Servers end with the channel to this process, and homes are removed on its exit.
process.once('SIGINT', () => process.exit(130))

const results: Result[] = []
const complaints: string[] = [...complaintsOfStrays(budgets, suites)]
for (const suite of chosen) await runSuite(suite)
const machine = {
  at: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
}
const subtitle = `${machine.at.slice(0, 10)} · Node ${machine.node} · ${machine.cores} × ${machine.cpu} · medians of ${options.pace.rounds} rounds`
console.log(`\n${subtitle}\n\n${toTable(results)}\n`)
await writeReports()
for (const sentence of complaints) console.error(sentence)
process.exitCode = complaints.length > 0 ? 1 : 0

async function runSuite(suite: Suite): Promise<void> {
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
  console.error(`${suite.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}

async function showProfile(name: string, folder: string): Promise<void> {
  const profile = await readProfile(folder)
  if (!profile) return
  console.log(`\n${name}: where the CPU time of ours goes`)
  for (const { percent, where } of findHotspots(profile, hotspots))
    console.log(`${percent.toFixed(1).padStart(5)} %  ${where}`)
}

async function writeReports(): Promise<void> {
  await mkdir(reports, { recursive: true })
  const report = { machine, pace: options.pace, complaints, results }
  await writeFile(join(reports, 'perf.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(join(reports, 'perf.svg'), toChart(results, subtitle))
}
