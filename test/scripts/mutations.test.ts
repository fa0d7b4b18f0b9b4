import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { describe, test } from 'node:test'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import {
  type Envelope,
  type Exception,
  IdGenerator,
  type Pickle,
  PickleStepType,
  TestStepResultStatus,
} from '@cucumber/messages'
import { groups } from '../../scripts/contract.ts'
import { guideMutations } from '../../scripts/guide-mutations.ts'
import { breakRule } from '../../scripts/mutate.ts'
import { judge } from '../../scripts/mutation-verdict.ts'
import { type Mutation, mutations } from '../../scripts/mutations.ts'
import { pagePath, toGuideRow, toRow, withGuides, withScenarios } from '../../scripts/mutations-page.ts'

const root = path.join(import.meta.dirname, '../..')
/** The scenarios of the contract as the features have them. */
const pickles = await readPickles('features/http-transport/*.feature')
const valuePickles = await readPickles('value-scenarios/**/*.feature')

async function readPickles(pattern: string): Promise<readonly Pickle[]> {
  const found: Pickle[] = []
  for await (const uri of glob(pattern, { cwd: root })) {
    const newId = IdGenerator.uuid()
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
    const document = parser.parse(await readFile(path.join(root, uri), 'utf8'))
    found.push(...compile(document, path.basename(uri, '.feature'), newId))
  }
  return found
}

/** The group of the contract that a number belongs to. */
function groupOf(scenario: number): string | undefined {
  let last = 0
  return groups.find(({ priorities }) => {
    last += priorities.length
    return scenario <= last
  })?.name
}

function pickleOf({ title }: Mutation): Pickle | undefined {
  return pickles.find(({ name }) => name === title)
}

describe('The list of mutations', () => {
  for (const mutation of [...mutations, ...guideMutations])
    test(`has an edit for "${mutation.title}" that fits the source and can be read`, async () => {
      const source = await readFile(path.join(root, mutation.file), 'utf8')
      const broken = breakRule(source, mutation)
      assert.notEqual(broken, source)
      assert.doesNotThrow(() => stripTypeScriptTypes(broken))
    })

  test('has exactly one for each scenario of the features', () => {
    const titles = mutations.map(({ title }) => title)
    assert.deepEqual(titles.toSorted(), pickles.map(({ name }) => name).toSorted())
  })

  test('has them in the order of their numbers, none twice', () => {
    const numbers = mutations.map(({ scenario }) => scenario)
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
    )
  })

  test('numbers each within its group of the contract', () => {
    for (const mutation of mutations)
      assert.equal(groupOf(mutation.scenario), pickleOf(mutation)?.uri, mutation.title)
  })
})

describe('The list of mutations of the guides', () => {
  test('has one for each guide, and for the README', async () => {
    const guides = ['README.md']
    for await (const guide of glob('docs/how-to/*.md', { cwd: root }))
      guides.push(guide.replaceAll('\\', '/'))
    assert.deepEqual(guideMutations.map(({ guide }) => guide).toSorted(), guides.toSorted())
  })

  test('names for each the scenario that follows it', () => {
    for (const { guide, title } of guideMutations) {
      const steps = valuePickles.find(({ name }) => name === title)?.steps ?? []
      assert.ok(
        steps.some(({ text }) => text.includes(` follows "${guide}"`)),
        `${title} follows ${guide}`,
      )
    }
  })
})

describe('The page about the mutations', () => {
  test('has a row for each of them, with a step of its scenario', async () => {
    const page = await readFile(path.join(root, pagePath), 'utf8')
    const rows = page.split('\n').filter((line) => /^\| \d/.test(line))
    assert.equal(rows.length, mutations.length)
    for (const [index, mutation] of mutations.entries()) {
      const steps = pickleOf(mutation)?.steps ?? []
      const allowed = steps.map(({ text }) => toRow(mutation, text))
      assert.ok(allowed.includes(rows[index] ?? ''), `Run npm run mutate -- --write-docs: ${rows[index]}`)
    }
  })
})

describe('The page about the mutations of the guides', () => {
  test('is written anew in the part that a run is about', () => {
    const red = (step: string) => ({ kind: 'red', step, complaint: `${step}!` }) as const
    const [mutation] = mutations
    const [guideMutation] = guideMutations
    assert.ok(mutation && guideMutation)
    const first = withGuides(withScenarios('', [{ mutation, met: red('one') }]), [
      { mutation: guideMutation, met: red('two') },
    ])
    assert.match(first, /\| one \|[\s\S]*\| two \|[\s\S]*two!/)
    const second = withScenarios(first, [{ mutation, met: red('three') }])
    assert.equal(second, first.replace('| one |', '| three |'))
    const third = withGuides(second, [{ mutation: guideMutation, met: red('four') }])
    assert.equal(third, second.replace('| two |', '| four |').replace('two!', 'four!'))
  })

  test('has a row for each of them, with a step of its scenario', async () => {
    const page = await readFile(path.join(root, pagePath), 'utf8')
    for (const mutation of guideMutations) {
      const steps = valuePickles.find(({ name }) => name === mutation.title)?.steps ?? []
      const allowed = steps.map(({ text }) => toGuideRow(mutation, text))
      assert.ok(
        allowed.some((row) => page.includes(`\n${row}\n`)),
        `Run npm run mutate -- --write-docs: ${mutation.guide}`,
      )
    }
  })
})

describe('An edit', () => {
  const mutation: Mutation = {
    scenario: 1,
    title: 'A door is shut',
    file: 'door.ts',
    find: 'shut()',
    replacement: "open('$&')",
    broken: 'a door is open',
  }

  test('puts its replacement in as it is', () => {
    assert.equal(breakRule('a; shut(); b', mutation), "a; open('$&'); b")
  })

  test('fails where its text is gone', () => {
    assert.throws(() => breakRule('a; b', mutation), /door\.ts holds 0 times, not once: shut\(\)/)
  })

  test('fails where its text stands twice', () => {
    assert.throws(() => breakRule('shut(); shut()', mutation), /door\.ts holds 2 times, not once/)
  })
})

const time = { seconds: 0, nanos: 0 }
const ownFrame = 'at World.<anonymous> (file:///tree/step_definitions/doors.ts:3:1)'
const assertion = { type: 'AssertionError', stackTrace: `AssertionError: open\n    ${ownFrame}` }

interface Run {
  /** What fails: a step of that type, or a hook. */
  readonly fails?: PickleStepType | 'hook'
  readonly exception?: Exception
  readonly success?: boolean
}

/** The messages of a run of one scenario of one step. */
function messagesOf({ fails, exception = assertion, success = !fails }: Run): readonly Envelope[] {
  const type = fails === undefined || fails === 'hook' ? PickleStepType.OUTCOME : fails
  const steps = [{ id: 'p', text: 'the door is shut', type, astNodeIds: [] }]
  const pickle = { id: '1', uri: 'x', name: 'x', language: 'en', steps, tags: [], astNodeIds: [] }
  const testStep = { id: 's', ...(fails === 'hook' ? { hookId: 'h' } : { pickleStepId: 'p' }) }
  const message = `AssertionError [ERR_ASSERTION]: open\n    ${ownFrame}`
  const result = fails ? { status: TestStepResultStatus.FAILED, exception, message } : passed
  return [
    { pickle },
    { testCase: { id: 'c', pickleId: '1', testSteps: [testStep] } },
    {
      testStepFinished: {
        testCaseStartedId: 'a',
        testStepId: 's',
        timestamp: time,
        testStepResult: { ...result, duration: time },
      },
    },
    { testRunFinished: { success, timestamp: time } },
  ]
}

const passed = { status: TestStepResultStatus.PASSED }

function kindOf(run: Run): string {
  return judge(messagesOf(run)).kind
}

describe('A scenario counts as', () => {
  test('red when an assertion of a Then fails, and names it', () => {
    const verdict = judge(messagesOf({ fails: PickleStepType.OUTCOME }))
    assert.deepEqual(verdict, { kind: 'red', step: 'the door is shut', complaint: 'open' })
  })

  test('green when every step passes', () => {
    assert.equal(kindOf({}), 'green')
  })

  const others: readonly (readonly [string, Run])[] = [
    ['a Given fails', { fails: PickleStepType.CONTEXT }],
    ['its When fails', { fails: PickleStepType.ACTION }],
    ['a hook fails', { fails: 'hook' }],
    ['a Then stumbles', { fails: PickleStepType.OUTCOME, exception: { ...assertion, type: 'TypeError' } }],
    [
      'a Then meets an error of somebody else',
      {
        fails: PickleStepType.OUTCOME,
        exception: { type: 'Error', stackTrace: 'Error: hang up\n    at node:net:1:1' },
      },
    ],
    ['the run as a whole fails', { success: false }],
  ]
  for (const [what, run] of others)
    test(`unclear when ${what}`, () => {
      assert.equal(kindOf(run), 'unclear')
    })

  test('unclear when it was not run, as when the source crashes on loading', () => {
    assert.equal(judge([]).kind, 'unclear')
  })
})
