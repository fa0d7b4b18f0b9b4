import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, test } from 'node:test'
import { featureFiles, lintFeatures } from '../../scripts/lint-features.ts'

const sound = `@behavior:drafts
Feature: Drafts
  A draft is where one works.

  Rule: A draft changes one server at a time

    @priority:high
    Scenario: A server is added
      Given an empty draft
      When Priya adds "memory"
      Then the draft holds "memory"
      And nothing else
`

function offencesOf(text: string, path = 'features/domain/drafts.feature'): readonly string[] {
  return lintFeatures([{ path, text }])
}

/** The one offence that this change to the sound feature brings. */
function offenceOf(search: string | RegExp, replacement: string): string | undefined {
  const text = sound.replace(search, replacement)
  assert.notEqual(text, sound)
  const [offence, ...more] = offencesOf(text)
  assert.deepEqual(more, [])
  return offence
}

describe('The feature linter', () => {
  test('lets a sound feature pass', () => {
    assert.deepEqual(offencesOf(sound), [])
  })

  test('names the file and the line', () => {
    assert.match(
      offenceOf('high', 'urgent') ?? '',
      /^features\/domain\/drafts\.feature:8: "A server is added"/,
    )
  })

  const broken: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
    ['a feature without a description', '  A draft is where one works.\n', '', /needs a description/],
    ['a scenario outside any Rule', /\n {2}Rule: .*\n/, '', /stands outside any Rule/],
    ['a Rule without its sentence', 'A draft changes one server at a time', '', /needs its sentence/],
    [
      'a Rule that no scenario shows',
      '  Rule:',
      '  Rule: Empty\n\n  Rule:',
      /No scenario shows the rule "Empty"/,
    ],
    ['a second When', '      Then', '      When Omar adds "time"\n      Then', /has 2 Whens; exactly one/],
    ['a scenario that goes back', 'And nothing else', 'Given a draft', /goes back/],
    ['a seventh step', 'And nothing else', 'And a\n      And b\n      And c\n      And d', /has 7 steps/],
    ['a step of no kind', 'Given an', '* an', /neither Given, When nor Then/],
    ['a person called I', 'Priya adds', 'I add', /name the person/],
    ['a title with a full stop', 'is added', 'is added.', /no full stop/],
    ['a missing behaviour', '@behavior:drafts\n', '', /exactly one @behavior: tag; it has 0/],
    ['a missing priority', '    @priority:high\n', '', /exactly one @priority: tag; it has 0/],
    ['a second priority', '@priority:high', '@priority:high @priority:low', /it has 2/],
    ['an unknown priority', '@priority:high', '@priority:urgent', /none of critical, high, medium, low/],
    ['a word of one door', 'an empty draft', 'an empty GET answer', /"GET" belongs to one door/],
    ['a file that is no Gherkin', 'Feature:', 'Featur:', /expected/],
  ]
  for (const [what, search, replacement, expected] of broken) {
    test(`refuses ${what}`, () => {
      const offences = offencesOf(sound.replace(search, replacement))
      assert.ok(
        offences.some((offence) => expected.test(offence)),
        offences.join('\n'),
      )
    })
  }

  test('counts the steps of the background', () => {
    const background = '  Background:\n    Given a\n    And b\n    And c\n\n  Rule:'
    assert.match(offenceOf('  Rule:', background) ?? '', /has 7 steps, its background included/)
  })

  test('refuses a scenario that looks at nothing', () => {
    assert.match(offenceOf(/ {6}Then.*/s, '') ?? '', /has no Then/)
  })

  test('refuses two scenarios of the same title in different files', () => {
    const other = { path: 'features/other.feature', text: sound }
    assert.deepEqual(lintFeatures([{ path: 'features/domain/drafts.feature', text: sound }, other]), [
      'features/other.feature:8: Another scenario is called "A server is added" already.',
    ])
  })

  test('lets the examples of an outline share their title', () => {
    const outline = sound
      .replace('Scenario:', 'Scenario Outline:')
      .concat('\n      Examples:\n        | a |\n        | 1 |\n        | 2 |\n')
    assert.deepEqual(offencesOf(outline), [])
  })

  test('lets the features of the HTTP transport speak of HTTP', () => {
    const text = sound.replace('an empty draft', 'an empty GET answer')
    assert.deepEqual(offencesOf(text, 'features/http-transport/drafts.feature'), [])
  })

  test('lets a table and a doc string quote what stands in a file', () => {
    const quoted =
      '\n        | "url" |\n      And that:\n        """\n        { "type": "http" }\n        """\n'
    assert.deepEqual(offencesOf(sound.trimEnd().concat(quoted)), [])
    assert.match(offencesOf(sound.trimEnd().concat(quoted, '      And a URL\n'))[0] ?? '', /"URL" belongs/)
  })

  test('refuses a file without a feature', () => {
    assert.deepEqual(offencesOf(''), ['features/domain/drafts.feature: holds no feature.'])
  })
})

test('The linter looks at the value scenarios that are run, however deep they stand, and at no others', () => {
  const { value } = createRequire(import.meta.url)('../../cucumber.cjs') as {
    readonly value: { readonly paths: readonly string[] }
  }
  for (const file of ['a.feature', 'deep/a.feature', 'a.md']) {
    const place = `value-scenarios/${file}`
    const isRun = value.paths.some((pattern) => path.matchesGlob(place, pattern))
    assert.deepEqual([isRun, path.matchesGlob(place, featureFiles)], Array(2).fill(file !== 'a.md'), place)
  }
})
