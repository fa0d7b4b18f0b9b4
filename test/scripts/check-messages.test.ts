import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Envelope, StepDefinitionPatternType, TestStepResultStatus } from '@cucumber/messages'
import { checkMessages } from '../../scripts/check-messages.ts'
import { type Group, groups } from '../../scripts/contract.ts'
import type { Messages } from '../../scripts/run-messages.ts'

const contract: readonly Group[] = [
  { name: 'auth', tags: ['@behavior:auth'], priorities: ['high', 'low'], delivered: true },
  { name: 'cors', tags: ['@behavior:cors'], priorities: ['medium'], delivered: false },
]
const time = { seconds: 0, nanos: 0 }

interface Run {
  readonly pickles?: readonly {
    readonly name: string
    readonly steps?: readonly string[]
    readonly folder?: string
    readonly file?: string
    readonly tags: readonly string[]
  }[]
  readonly status?: TestStepResultStatus
  readonly attempts?: number
  readonly definitions?: readonly string[]
  readonly extra?: readonly Envelope[]
  readonly success?: boolean
}

const follows = 'Priya follows "docs/how-to/a.md"'
const looks = [
  'every command ends well',
  'every output is the one that the guide shows',
  'every file that it writes is used',
]
const following = { name: 'C', steps: [follows, ...looks], folder: 'value', tags: [] }

type Scenario = NonNullable<Run['pickles']>[number] & { readonly id: string }

const high = { name: 'A', tags: ['@behavior:auth', '@priority:high'] }
const low = { name: 'B', tags: ['@behavior:auth', '@priority:low'] }

/** The messages of a run of scenarios of one step each, all of them alike. */
function messagesOf({ pickles = [high, low], extra = [], success = true, ...run }: Run): readonly Envelope[] {
  return [
    { stepDefinition: toDefinition('used') },
    ...pickles.flatMap((pickle, index) => scenario({ ...pickle, id: `${index}` }, run)),
    ...extra,
    { testRunFinished: { success, timestamp: time } },
  ]
}

function scenario(
  { id, name, steps: texts = [], folder = 'http-transport', file = 'auth', tags }: Scenario,
  { status = TestStepResultStatus.PASSED, attempts = 1, definitions = ['used'] }: Run,
): readonly Envelope[] {
  const uri = `features/${folder}/${file}.feature`
  const steps = texts.map((text) => ({ id: 'x', text, astNodeIds: [] }))
  const rest = { language: 'en', steps, astNodeIds: [] }
  const step = { id: `step ${id}`, pickleStepId: 'x', stepDefinitionIds: definitions }
  const tries = Array.from({ length: attempts }, (_, attempt): readonly Envelope[] => [
    { testCaseStarted: { id: `${id} ${attempt}`, testCaseId: `case ${id}`, attempt, timestamp: time } },
    {
      testStepFinished: {
        testCaseStartedId: `${id} ${attempt}`,
        testStepId: step.id,
        testStepResult: { status, duration: time },
        timestamp: time,
      },
    },
  ])
  return [
    { pickle: { id, uri, name, tags: tags.map((tag) => ({ name: tag, astNodeId: '' })), ...rest } },
    { testCase: { id: `case ${id}`, pickleId: id, testSteps: [step] } },
    ...tries.flat(),
  ]
}

function toDefinition(id: string) {
  return {
    id,
    pattern: { source: `the ${id} step`, type: StepDefinitionPatternType.CUCUMBER_EXPRESSION },
    sourceReference: {},
  } as const
}

const valueRun = messagesOf({ pickles: [following] })

function offencesOf(run: Run): readonly string[] {
  return checkMessages(only(messagesOf(run)), contract).offences
}

function only(main: readonly Envelope[]): Messages {
  return { main, byDoor: new Map(), workers: valueRun, value: valueRun, guides: [] }
}

describe('The contract of the scenarios', () => {
  test('holds 47 of them', () => {
    assert.equal(groups.flatMap(({ priorities }) => priorities).length, 47)
  })

  test('has 2 critical, 17 high, 20 medium and 8 low ones', () => {
    const all = groups.flatMap(({ priorities }) => priorities)
    const counts = Object.groupBy(all, (priority) => priority)
    assert.deepEqual(
      Object.entries(counts)
        .map(([priority, each]) => `${each.length} ${priority}`)
        .toSorted(),
      ['17 high', '2 critical', '20 medium', '8 low'],
    )
  })
})

describe('The checker', () => {
  test('finds nothing where the contract holds', () => {
    assert.deepEqual(checkMessages(only(messagesOf({})), contract), { passed: 4, failed: 0, offences: [] })
  })

  for (const status of ['FAILED', 'SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS'] as const)
    test(`counts a scenario with a ${status.toLowerCase()} step as failed`, () => {
      const verdict = checkMessages(only(messagesOf({ status: TestStepResultStatus[status] })), contract)
      assert.deepEqual([verdict.passed, verdict.failed], [2, 2])
      assert.match(verdict.offences[0] ?? '', new RegExp(`has steps that are ${status.toLowerCase()}`))
    })

  const broken: readonly (readonly [string, Run, RegExp])[] = [
    ['a scenario that is missing', { pickles: [high] }, /1 scenarios; the contract has 2/],
    ['a priority too many', { pickles: [high, { ...low, tags: high.tags }] }, /2 scenarios of priority high/],
    [
      'a tag that is missing',
      { pickles: [high, { ...low, tags: ['@priority:low'] }] },
      /"B" lacks @behavior:auth/,
    ],
    [
      'a scenario of a group that is not delivered',
      { pickles: [high, low, { name: 'C', file: 'cors', tags: ['@behavior:cors', '@priority:medium'] }] },
      /cors\.feature: 1 scenarios; the contract has 0/,
    ],
    [
      'a scenario of no group',
      { pickles: [high, low, { name: 'C', file: 'other', tags: [] }] },
      /"C" is in no group/,
    ],
    ['a scenario that was not run', { attempts: 0 }, /"A" was not run/],
    ['a retry', { attempts: 2 }, /"A" was run 2 times/],
    ['a step with two definitions', { definitions: ['used', 'other'] }, /a step with 2 definitions/],
    [
      'a step definition that nothing uses',
      { extra: [{ stepDefinition: toDefinition('idle') }] },
      /nothing uses "the idle step"/,
    ],
    [
      'an unknown parameter type',
      { extra: [{ undefinedParameterType: { name: 'mood', expression: 'a {mood} day' } }] },
      /unknown parameter type \{mood\}/,
    ],
    [
      'a feature that cannot be parsed',
      { extra: [{ parseError: { message: 'oh', source: {} } }] },
      /can't be parsed: oh/,
    ],
    ['a run that failed in its hooks', { success: false }, /says that the run failed/],
  ]
  for (const [what, run, expected] of broken)
    test(`finds ${what}`, () => {
      const offences = offencesOf(run)
      assert.ok(
        offences.some((offence) => expected.test(offence)),
        offences.join('\n'),
      )
    })

  describe('of the doors', () => {
    const tags = ['@behavior:drafts', '@priority:high']
    const added = { name: 'Added', folder: 'domain', tags }
    const removed = { name: 'Removed', folder: 'domain', tags }

    /** The runs beside one of the transport that is in order. */
    function throughDoors(byDoor: Readonly<Record<string, Run>>): Messages {
      const runs = Object.entries(byDoor).map(([door, run]) => [door, messagesOf(run)] as const)
      return { ...only(messagesOf({})), byDoor: new Map(runs) }
    }

    test('adds up what passed at each', () => {
      const both = { pickles: [added, removed] }
      assert.deepEqual(checkMessages(throughDoors({ http: both, mcp: both }), contract), {
        passed: 8,
        failed: 0,
        offences: [],
      })
    })

    test('finds a scenario that went through some of them only', () => {
      const messages = throughDoors({ http: { pickles: [added, removed] }, mcp: { pickles: [added] } })
      assert.deepEqual(checkMessages(messages, contract).offences, [
        'mcp: features/domain/auth.feature: "Removed" went through other doors only.',
      ])
    })

    test('finds one through which no scenario went', () => {
      const messages = throughDoors({ mcp: { pickles: [] } })
      assert.deepEqual(checkMessages(messages, contract).offences, [
        'mcp: no scenario of features/domain/ went through this door.',
      ])
    })

    test('finds a run that left no messages', () => {
      const messages = { ...only(messagesOf({})), byDoor: new Map([['mcp', []]]) }
      assert.ok(checkMessages(messages, contract).offences.includes('mcp: The run did not finish.'))
    })

    test('says at which a scenario failed', () => {
      const run = { pickles: [added], status: TestStepResultStatus.FAILED }
      const { failed, offences } = checkMessages(throughDoors({ http: run }), contract)
      assert.equal(failed, 1)
      assert.deepEqual(offences, ['http: features/domain/auth.feature: "Added" has steps that are failed.'])
    })

    test('holds a step for used that one run uses, and for unused what none does', () => {
      const idle = { stepDefinition: toDefinition('idle') }
      const own = { stepDefinition: toDefinition('own') }
      const http = { pickles: [added], definitions: ['own'], extra: [own, idle] }
      const messages = throughDoors({ http })
      const main = [...messages.main, own, idle]
      assert.deepEqual(checkMessages({ ...messages, main }, contract).offences, [
        'step_definitions/: nothing uses "the idle step".',
      ])
    })
  })

  test('finds that nothing was run against several workers', () => {
    const offences = (workers: Messages['workers']) =>
      checkMessages({ ...only(messagesOf({})), workers }, contract).offences
    assert.deepEqual(offences(messagesOf({ pickles: [] })), [
      'workers: no scenario was run against several workers.',
    ])
    const failed = messagesOf({ pickles: [following], status: TestStepResultStatus.FAILED })
    assert.deepEqual(offences(failed), [
      'workers: features/value/auth.feature: "C" has steps that are failed.',
    ])
  })

  describe('of the value scenarios', () => {
    function offencesWith(messages: Partial<Messages>): readonly string[] {
      return checkMessages({ ...only(messagesOf({})), ...messages }, contract).offences
    }

    test('is content where one follows each guide', () => {
      assert.deepEqual(offencesWith({ guides: ['docs/how-to/a.md'] }), [])
    })

    test('finds a guide that none follows', () => {
      assert.deepEqual(offencesWith({ guides: ['docs/how-to/a.md', 'docs/how-to/b.md'] }), [
        'docs/how-to/b.md: no value scenario follows this guide.',
      ])
    })

    test('takes no scenario that speaks of a guide for one that follows it', () => {
      const value = messagesOf({
        pickles: [{ ...following, steps: ['Priya reads "docs/how-to/a.md"', ...looks] }],
      })
      assert.equal(offencesWith({ value, guides: ['docs/how-to/a.md'] }).length, 1)
    })

    for (const look of looks)
      test(`takes none for one that follows a guide without a look whether ${look}`, () => {
        const steps = [follows, ...looks.filter((each) => each !== look)]
        const other = { ...following, name: 'D', steps: looks }
        const value = messagesOf({ pickles: [{ ...following, steps }, other] })
        assert.deepEqual(offencesWith({ value, guides: ['docs/how-to/a.md'] }), [
          `docs/how-to/a.md: the value scenarios that follow this guide lack "${look}".`,
        ])
      })

    test('says that one of them failed', () => {
      const value = messagesOf({ pickles: [following], status: TestStepResultStatus.FAILED })
      assert.deepEqual(offencesWith({ value }), [
        'value: features/value/auth.feature: "C" has steps that are failed.',
      ])
    })

    test('finds that they were not run', () => {
      assert.deepEqual(offencesWith({ value: [] }), ['value: The run did not finish.'])
    })

    test('finds a step of theirs that nothing uses, whatever the other runs use', () => {
      const value = [...valueRun, { stepDefinition: toDefinition('own') }]
      const main = messagesOf({
        extra: [{ stepDefinition: toDefinition('own') }],
        definitions: ['used', 'own'].slice(1),
      })
      assert.ok(
        offencesWith({ value, main }).includes(
          'value-scenarios/step_definitions/: nothing uses "the own step".',
        ),
      )
    })
  })

  test('finds a run that broke off', () => {
    const cutOff = messagesOf({}).slice(0, -1)
    assert.deepEqual(checkMessages(only(cutOff), contract).offences, ['The run did not finish.'])
  })
})
