import { type Envelope, PickleStepType, type TestStepResult, TestStepResultStatus } from '@cucumber/messages'

/** The step that failed, and what it had to say. */
export interface Red {
  readonly kind: 'red'
  readonly step: string
  readonly complaint: string
}

/** What a run of one scenario shows. `unclear` is neither: it says nothing about whether the scenario can fail. */
export type Verdict = { readonly kind: 'green' } | Red | { readonly kind: 'unclear'; readonly reason: string }

/** Red is a `Then` of the scenario that found something else than it expects; a crash, a hook or a `Given` that fails shows nothing. */
export function judge(envelopes: readonly Envelope[]): Verdict {
  const cases = envelopes.flatMap(({ testCase }) => testCase ?? [])
  const [testCase] = cases
  if (!testCase || cases.length > 1) return unclear(`${cases.length} scenarios were run, not one.`)
  const pickle = envelopes.find((each) => each.pickle?.id === testCase.pickleId)?.pickle
  const failed = envelopes
    .flatMap(({ testStepFinished }) => testStepFinished ?? [])
    .find(({ testStepResult }) => !harmless.has(testStepResult.status))
  if (!failed) return envelopes.some(({ testRunFinished }) => testRunFinished?.success) ? green : unfinished
  const testStep = testCase.testSteps.find(({ id }) => id === failed.testStepId)
  const step = pickle?.steps.find(({ id }) => id === testStep?.pickleStepId)
  const isMet = step?.type === PickleStepType.OUTCOME && isAssertion(failed.testStepResult)
  if (isMet) return { kind: 'red', step: step.text, complaint: complaintOf(failed.testStepResult) }
  return unclear(`"${step?.text ?? 'A hook'}" failed otherwise: ${failed.testStepResult.message ?? ''}`)
}

const green = { kind: 'green' } as const
const unfinished = unclear('The run did not finish.')
/** What follows a failed step is skipped. */
const harmless = new Set([TestStepResultStatus.PASSED, TestStepResultStatus.SKIPPED])

export function unclear(reason: string): Verdict {
  return { kind: 'unclear', reason }
}

/** Without the name of the error and the way to it. */
function complaintOf({ message = '' }: TestStepResult): string {
  return message.replace(/^\w*Error(?: \[\w+\])?: /, '').replace(/\n\s+at [\s\S]*$/, '')
}

/** Thrown by the steps themselves: what crashes in the product, or on the way to it, has other names or comes from elsewhere. */
function isAssertion({ exception }: TestStepResult): boolean {
  const [frame = ''] = exception?.stackTrace?.match(/^\s+at .*$/m) ?? []
  return /^(?:Assertion)?Error$/.test(exception?.type ?? '') && frame.includes('/step_definitions/')
}
