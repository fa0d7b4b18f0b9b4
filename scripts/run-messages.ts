/** What Cucumber's message output says of the runs of the features: read from the reports, and indexed by what refers to what. */
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { platform } from 'node:process'
import type { Envelope, Pickle, TestCase, TestStepResultStatus } from '@cucumber/messages'
import { parseEnvelope } from '@cucumber/messages'
import { doors } from './contract.ts'

/** The messages of all runs. */
export interface Messages {
  /** Of the run of all features but the domain's. */
  readonly main: readonly Envelope[]
  /** Of each run of the domain's features, by the door that they went through. */
  readonly byDoor: ReadonlyMap<string, readonly Envelope[]>
  /** Of the run of a part of the domain's features against several workers. */
  readonly workers: readonly Envelope[]
  /** Of the run of the value scenarios. */
  readonly value: readonly Envelope[]
  /** The paths of the guides, each of which a value scenario must follow. */
  readonly guides: readonly string[]
}

/** What the `…reports` profiles of cucumber.cjs left in a folder. A run that left nothing is one that did not finish. */
export async function readReports(folder: string): Promise<Messages> {
  const byDoor = doors.map(async (door) => [door, await readFileOf(folder, `cucumber-${door}`)] as const)
  return {
    main: await readFileOf(folder, 'cucumber'),
    byDoor: new Map(await Promise.all(byDoor)),
    workers: await readFileOf(folder, 'cucumber-workers'),
    value: await readFileOf(folder, 'value-scenarios'),
    guides: await guidePaths(),
  }
}

async function guidePaths(): Promise<readonly string[]> {
  const paths: string[] = []
  for await (const path of glob('docs/how-to/*.md')) paths.push(path.replaceAll('\\', '/'))
  return paths.toSorted()
}

function readFileOf(folder: string, name: string): Promise<readonly Envelope[]> {
  return readMessages(join(folder, `${name}.ndjson`))
}

export async function readMessages(path: string): Promise<readonly Envelope[]> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : ''
  return text.split('\n').flatMap((line) => (line ? [parseEnvelope(line)] : []))
}

/** The messages of one run, indexed by what refers to them. */
export interface Run {
  readonly pickles: readonly Pickle[]
  readonly testCases: readonly TestCase[]
  readonly stepDefinitions: ReadonlyMap<string, string>
  /** Test case id → the ids of the times it was started. */
  readonly attempts: ReadonlyMap<string, readonly string[]>
  /** Started id → the status of each of its steps and hooks, by test step id. */
  readonly results: ReadonlyMap<string, ReadonlyMap<string, TestStepResultStatus>>
}

export function readRun(envelopes: readonly Envelope[]): Run {
  const attempts = new Map<string, string[]>()
  const results = new Map<string, Map<string, TestStepResultStatus>>()
  for (const { testCaseStarted, testStepFinished } of envelopes) {
    if (testCaseStarted)
      attempts.set(testCaseStarted.testCaseId, [
        ...(attempts.get(testCaseStarted.testCaseId) ?? []),
        testCaseStarted.id,
      ])
    if (testStepFinished) {
      const steps = results.get(testStepFinished.testCaseStartedId) ?? new Map()
      results.set(
        testStepFinished.testCaseStartedId,
        steps.set(testStepFinished.testStepId, testStepFinished.testStepResult.status),
      )
    }
  }
  return {
    pickles: envelopes.flatMap(({ pickle }) => pickle ?? []).filter(isForHere),
    testCases: envelopes.flatMap(({ testCase }) => testCase ?? []),
    stepDefinitions: new Map(
      envelopes.flatMap(({ stepDefinition: step }) => (step ? [[step.id, step.pattern.source]] : [])),
    ),
    attempts,
    results,
  }
}

/** What only Linux has can't be shown elsewhere; the profile of the value scenarios leaves it out there. */
function isForHere(pickle: Pickle): boolean {
  return platform === 'linux' || !hasTag(pickle, '@linux')
}

export function hasTag(pickle: Pickle, name: string): boolean {
  return pickle.tags.some((tag) => tag.name === name)
}
