/**
 * Executes the workflows of `examples/n8n/` in a real n8n against a running server, in each situation of `scripts/n8n/cases.ts`, and
 * looks at the result of every node: `npm run value:n8n`. n8n is installed below node_modules the first time. Each workflow is walked
 * by the tests' own means, too, on a server of its own, so that what `npm test` relies on is held against n8n.
 */
import process from 'node:process'
import { execute } from '../value-scenarios/support/n8n/execution.ts'
import { compareNodes, type Finding, outcomeFindings } from './n8n/agreement.ts'
import { type Case, cases } from './n8n/cases.ts'
import { installN8n, n8nVersion } from './n8n/install.ts'
import { createN8n } from './n8n/n8n.ts'
import { prepareTrial, type Trial } from './n8n/trial.ts'

const interruption = new AbortController()
// What was begun is stopped, and then cleaned up like anything else that fails.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())
const command = await installN8n(console.log, interruption.signal)
console.log(`n8n ${n8nVersion}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`)
const n8n = await createN8n(command, interruption.signal)
const trials: Trial[] = []
let offences = 0
try {
  for (const [index, each] of cases.entries()) trials.push(await prepareTrial(each, index))
  await n8n.importCredentials(trials.map(({ credential }) => credential))
  await n8n.importWorkflows(trials.map(({ workflow }) => workflow))
  for (const trial of trials) offences += await prove(trial)
} finally {
  for (const trial of trials) await trial.office.close()
  await n8n.remove()
}
console.log(`\n${cases.length} cases, ${offences} offences`)
process.exitCode = offences > 0 ? 1 : 0

/** The number of offences. */
async function prove(trial: Trial): Promise<number> {
  const walked = await prepareTrial(trial.case, trial.index)
  try {
    const first = await proveOnce(trial, walked, 'once')
    return first + (trial.case.again ? await proveOnce(trial, walked, 'again') : 0)
  } finally {
    await walked.office.close()
  }
}

async function proveOnce(trial: Trial, walked: Trial, time: 'once' | 'again'): Promise<number> {
  const real = { ...trial, execution: await n8n.execute(trial.workflow.id) }
  const walk = {
    ...walked,
    execution: await execute(walked.workflow, { id: time, credential: walked.credential }),
  }
  const findings = [...compareNodes(real, walk), ...(await outcomeFindings(real, walk))]
  console.log(`\n${toTitle(trial.case)}${time === 'again' ? ', again' : ''}`)
  for (const finding of findings) console.log(toLine(finding))
  return findings.filter(({ offence }) => offence !== undefined).length
}

function toTitle({ workflow, situation }: Case): string {
  return `${workflow}: ${situation}`
}

function toLine({ subject, result, offence }: Finding): string {
  return `  ${offence === undefined ? 'ok ' : 'BAD'} ${subject.padEnd(24)} ${offence ?? result}`
}
