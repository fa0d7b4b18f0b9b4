/**
 * Holds the runs of the features against what they promise, by their message output: the scenarios of the contract and no others, those
 * of the domain through each door, some of them against several workers, a value scenario for each guide, each run once and passed, and
 * no step definition unused in all runs together. Cucumber itself ends well with zero scenarios, with skipped steps and with dead steps.
 * `node scripts/check-messages.ts` looks at the reports of the last `npm test`, prints what it finds and exits 1.
 */
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Envelope, Pickle } from '@cucumber/messages'
import { TestStepResultStatus } from '@cucumber/messages'
import { type Group, groups, priorities } from './contract.ts'
import { hasTag, type Messages, type Run, readReports, readRun } from './run-messages.ts'

export interface Verdict {
  readonly passed: number
  readonly failed: number
  /** One sentence for each thing that is wrong; empty when all is well. */
  readonly offences: readonly string[]
}

const contractFolder = 'features/http-transport/'
const domainFolder = 'features/domain/'

export function checkMessages(messages: Messages, contract: readonly Group[] = groups): Verdict {
  const { main, byDoor, workers, value, guides } = messages
  const mainRun = readRun(main)
  const workersRun = readRun(workers)
  const valueRun = readRun(value)
  const doorRuns = new Map([...byDoor].map(([door, envelopes]) => [door, readRun(envelopes)]))
  const verdicts = [
    checkRun(mainRun, main),
    ...[...doorRuns].map(([door, run]) => within(door, checkRun(run, byDoor.get(door) ?? []))),
    within('workers', checkRun(workersRun, workers)),
    within('value', checkRun(valueRun, value)),
  ]
  return {
    passed: sum(verdicts.map(({ passed }) => passed)),
    failed: sum(verdicts.map(({ failed }) => failed)),
    offences: [
      ...contractOffences(mainRun.pickles, contract),
      ...doorOffences(doorRuns),
      ...(workersRun.pickles.length > 0 ? [] : ['workers: no scenario was run against several workers.']),
      ...guideOffences(value, guides),
      ...verdicts.flatMap(({ offences }) => offences),
      ...unusedSteps('step_definitions/', [mainRun, ...doorRuns.values()]),
      ...unusedSteps('value-scenarios/step_definitions/', [valueRun]),
    ],
  }
}

function checkRun(run: Run, envelopes: readonly Envelope[]): Verdict {
  const outcomes = run.pickles.map((pickle) => pickleOffences(run, pickle))
  const passed = outcomes.filter((offences) => offences.length === 0).length
  const offences = [...outcomes.flat(), ...runOffences(envelopes)]
  return { passed, failed: run.pickles.length - passed, offences }
}

function within(name: string, { offences, ...figures }: Verdict): Verdict {
  return { ...figures, offences: offences.map((offence) => `${name}: ${offence}`) }
}

/** Each group delivered has its scenarios, no other group has any, and nothing else stands in the folder. */
function contractOffences(pickles: readonly Pickle[], contract: readonly Group[]): readonly string[] {
  const transport = pickles.filter((pickle) => pickle.uri.startsWith(contractFolder))
  const files = new Set(contract.map((group) => fileOf(group)))
  return [
    ...contract.flatMap((group) =>
      groupOffences(
        group,
        transport.filter((pickle) => pickle.uri === fileOf(group)),
      ),
    ),
    ...transport
      .filter((pickle) => !files.has(pickle.uri))
      .map((pickle) => `${pickle.uri}: "${pickle.name}" is in no group of the contract.`),
  ]
}

/** Each door has scenarios of the domain, and all have the same ones. */
function doorOffences(runs: ReadonlyMap<string, Run>): readonly string[] {
  const names = new Map([...runs].map(([door, run]) => [door, scenarioNames(run)]))
  const all = [...new Set([...names.values()].flat())]
  return [...names].flatMap(([door, own]) => [
    ...(own.length === 0 ? [`${door}: no scenario of ${domainFolder} went through this door.`] : []),
    ...all
      .filter((name) => !own.includes(name))
      .map((name) => `${door}: ${name} went through other doors only.`),
  ])
}

/** What must be looked at when a guide was followed: who doesn't compare its outputs lets it say anything. */
const looks = [
  'every command ends well',
  'every output is the one that the guide shows',
  'every file that it writes is used',
]

/** A guide that nobody follows may say anything, too; one that is followed on Linux only is followed. */
function guideOffences(envelopes: readonly Envelope[], guides: readonly string[]): readonly string[] {
  const scenarios = envelopes.flatMap(({ pickle }) => (pickle ? [pickle.steps.map(({ text }) => text)] : []))
  return guides.flatMap((guide) => {
    const following = scenarios.filter((steps) => steps.some((text) => text.includes(` follows "${guide}"`)))
    if (following.length === 0) return [`${guide}: no value scenario follows this guide.`]
    // All in one scenario: a look at another run is none at this one.
    const missing = following.map((steps) => looks.filter((look) => !steps.includes(look)))
    const [least = []] = missing.toSorted((a, b) => a.length - b.length)
    return least.map((look) => `${guide}: the value scenarios that follow this guide lack "${look}".`)
  })
}

/** By place, which tells the examples of an outline apart, and title. */
function scenarioNames({ pickles }: Run): readonly string[] {
  return pickles
    .filter(({ uri }) => uri.startsWith(domainFolder))
    .map(({ uri, name, location }) => `${uri}${location ? `:${location.line}` : ''}: "${name}"`)
}

function groupOffences(group: Group, pickles: readonly Pickle[]): readonly string[] {
  const expected = group.delivered ? group.priorities : []
  const counts = priorities.flatMap((priority) => {
    const want = expected.filter((each) => each === priority).length
    const have = pickles.filter((pickle) => hasTag(pickle, `@priority:${priority}`)).length
    return have === want
      ? []
      : [`${fileOf(group)}: ${have} scenarios of priority ${priority}; the contract has ${want}.`]
  })
  const total =
    pickles.length === expected.length
      ? []
      : [`${fileOf(group)}: ${pickles.length} scenarios; the contract has ${expected.length}.`]
  const tags = pickles.flatMap((pickle) =>
    group.tags
      .filter((tag) => !hasTag(pickle, tag))
      .map((tag) => `${pickle.uri}: "${pickle.name}" lacks ${tag}.`),
  )
  return [...total, ...counts, ...tags]
}

/** A scenario passes when it was run exactly once, each of its steps has exactly one definition, and each step and hook passed. */
function pickleOffences(run: Run, pickle: Pickle): readonly string[] {
  const at = `${pickle.uri}: "${pickle.name}"`
  const testCase = run.testCases.find((each) => each.pickleId === pickle.id)
  const [started, ...retries] = (testCase && run.attempts.get(testCase.id)) ?? []
  if (!testCase || started === undefined) return [`${at} was not run.`]
  const results = run.results.get(started) ?? new Map()
  const ambiguous = testCase.testSteps.filter((step) => (step.stepDefinitionIds?.length ?? 1) !== 1)
  const statuses = testCase.testSteps.map((step) => results.get(step.id) ?? TestStepResultStatus.UNKNOWN)
  const bad = new Set(statuses.filter((status) => status !== TestStepResultStatus.PASSED))
  return [
    ...(retries.length > 0 ? [`${at} was run ${retries.length + 1} times.`] : []),
    ...ambiguous.map((step) => `${at} has a step with ${step.stepDefinitionIds?.length} definitions.`),
    ...(bad.size > 0 ? [`${at} has steps that are ${[...bad].join(', ').toLowerCase()}.`] : []),
  ]
}

/** A step that one run doesn't use may be another's. */
function unusedSteps(folder: string, runs: readonly Run[]): readonly string[] {
  const used = new Set(runs.flatMap(usedPatterns))
  const patterns = new Set(runs.flatMap(({ stepDefinitions }) => [...stepDefinitions.values()]))
  return [...patterns]
    .filter((pattern) => !used.has(pattern))
    .map((pattern) => `${folder}: nothing uses "${pattern}".`)
}

function usedPatterns({ testCases, stepDefinitions }: Run): readonly string[] {
  const ids = testCases.flatMap(({ testSteps }) => testSteps.flatMap((step) => step.stepDefinitionIds ?? []))
  return ids.flatMap((id) => stepDefinitions.get(id) ?? [])
}

function runOffences(envelopes: readonly Envelope[]): readonly string[] {
  const finished = envelopes.find((envelope) => envelope.testRunFinished)?.testRunFinished
  return [
    ...envelopes.flatMap(({ parseError }) =>
      parseError ? [`A feature can't be parsed: ${parseError.message}`] : [],
    ),
    ...envelopes.flatMap(({ undefinedParameterType: type }) =>
      type ? [`"${type.expression}" uses the unknown parameter type {${type.name}}.`] : [],
    ),
    ...(finished ? [] : ['The run did not finish.']),
    ...(finished?.success === false ? ['Cucumber itself says that the run failed.'] : []),
  ]
}

function fileOf(group: Group): string {
  return `${contractFolder}${group.name}.feature`
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const verdict = checkMessages(await readReports('reports'))
  for (const offence of verdict.offences) console.error(offence)
  console.log(
    `${verdict.passed} scenarios passed, ${verdict.failed} failed, ${verdict.offences.length} offences`,
  )
  process.exitCode = verdict.offences.length > 0 ? 1 : 0
}
