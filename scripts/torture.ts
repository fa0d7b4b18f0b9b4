/**
 * Kills the server again and again under load and looks each time whether all is there that must be:
 * `npm run torture -- --kills 300 --seed 42 --workers 16`. The seed gives the same choices, not the same timing.
 */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { invariants } from '../test/torture/invariants.ts'
import { type Kill, type Report, torture } from '../test/torture/torture.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    workers: { type: 'string', default: '16' },
  },
})
const options = {
  kills: toCount('kills', values.kills),
  seed: toCount('seed', values.seed),
  workers: toCount('workers', values.workers),
}
// An exit that is told takes servers and folders along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
console.log(`seed ${options.seed}: give it again with --seed ${options.seed}`)
const startedAt = performance.now()
const report = await torture({ ...options, onKill: tell })
print(report, performance.now() - startedAt)
process.exitCode = report.failures.length > 0 ? 1 : 0

function toCount(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not "${text}".`)
}

function tell({ number, moment, came, failures }: Kill): void {
  const when = came ? JSON.stringify(moment) : `${JSON.stringify(moment)}, which did not come`
  console.log(`kill ${number}: ${when}${failures.length > 0 ? `\n  ${failures.join('\n  ')}` : ''}`)
}

function print(report: Report, tookMs: number): void {
  const ready = report.readyAfterMs.toSorted((a, b) => a - b)
  const byMoment = [...report.killsByMoment].map(([kind, count]) => `${count} ${kind}`).join(', ')
  const rows = [
    ['seed, workers, cores', `${report.seed}, ${options.workers}, ${availableParallelism()}`],
    ['kills', `${report.kills} (${byMoment}), and ${report.killsWhileStarting} while starting`],
    ['operations acknowledged', String(report.acknowledged)],
    ['operations refused', String(report.refused)],
    ['operations in doubt', String(report.inDoubt)],
    ['invariants checked', `${report.checks} (${invariants.length} after each kill)`],
    ['failures', String(report.failures.length)],
    ['ready after a restart, median', `${Math.round(ready[Math.floor(ready.length / 2)] ?? 0)} ms`],
    ['ready after a restart, longest', `${Math.round(ready.at(-1) ?? 0)} ms`],
    ['took', `${Math.round(tookMs / 1000)} s`],
  ]
  console.log('\n| what | |\n|---|---|')
  for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`)
  for (const failure of report.failures) console.log(failure)
}
