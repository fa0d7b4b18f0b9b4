/**
 * What Gherkin itself lets pass and we don't: a feature without its manual, a scenario with two `When`s, a duplicate title, a missing tag.
 * `node scripts/lint-features.ts` looks at every feature; it prints what it finds and exits 1.
 */
import { glob, readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import type { Feature, FeatureChild, GherkinDocument, Pickle, Rule } from '@cucumber/messages'
import { IdGenerator, PickleStepType } from '@cucumber/messages'
import { priorities } from './contract.ts'

export interface Source {
  readonly path: string
  readonly text: string
}

/** Where features stand. */
const folders = ['features', 'value-scenarios']
export const featureFiles = `{${folders}}/**/*.feature`
const maxSteps = 6
const stepOrder = [PickleStepType.CONTEXT, PickleStepType.ACTION, PickleStepType.OUTCOME]
const domainFolder = 'features/domain/'
const doorWords =
  /\b(?:https?|GET|POST|PUT|PATCH|DELETE|OPTIONS|URLs?|endpoints?|headers?|status code|bearer|JSON body)\b|\/v1\b|\b[2-5]\d\d\b/i
const firstPerson = /\b(?:I|me|my|we|our|us)\b/

/** One sentence for each offence, `path:line: what is wrong`; empty when all is well. */
export function lintFeatures(sources: readonly Source[]): readonly string[] {
  const titles = new Map<string, string>()
  return sources.flatMap((source) => lintSource(source, titles))
}

function lintSource(source: Source, titles: Map<string, string>): readonly string[] {
  const newId = IdGenerator.incrementing()
  let document: GherkinDocument
  try {
    document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(source.text)
  } catch (error) {
    return [`${source.path}: ${error instanceof Error ? error.message : error}`]
  }
  if (!document.feature) return [`${source.path}: holds no feature.`]
  const pickles = compile(document, source.path, newId)
  return [
    ...lintFeature(source.path, document.feature),
    ...pickles.flatMap((pickle) => lintPickle(pickle)),
    ...duplicateTitles(pickles, titles),
    ...lintWords(source),
  ]
}

function lintFeature(path: string, feature: Feature): readonly string[] {
  const at = `${path}:${feature.location.line}`
  return [
    ...unless(feature.description.trim(), `${at}: The feature needs a description: it is the manual.`),
    ...unless(
      feature.children.some((child) => child.rule),
      `${at}: The feature needs a Rule: the sentence that must hold.`,
    ),
    ...feature.children.flatMap((child) => lintChild(path, child)),
  ]
}

function lintChild(path: string, child: FeatureChild): readonly string[] {
  if (child.scenario)
    return [`${path}:${child.scenario.location.line}: "${child.scenario.name}" stands outside any Rule.`]
  return child.rule ? lintRule(path, child.rule) : []
}

function lintRule(path: string, rule: Rule): readonly string[] {
  const at = `${path}:${rule.location.line}`
  return [
    ...unless(rule.name, `${at}: A Rule needs its sentence.`),
    ...unless(
      rule.children.some((child) => child.scenario),
      `${at}: No scenario shows the rule "${rule.name}".`,
    ),
  ]
}

function lintPickle(pickle: Pickle): readonly string[] {
  const at = `${pickle.uri}:${pickle.location?.line}: "${pickle.name}"`
  const types = pickle.steps.map((step) => step.type)
  const ranks = types.map((type) => (type ? stepOrder.indexOf(type) : -1))
  return [
    ...unless(pickle.name, `${at} needs a title.`),
    ...unless(!/[.!?]$/.test(pickle.name), `${at} ends like a sentence; a title has no full stop.`),
    ...unless(
      pickle.steps.length <= maxSteps,
      `${at} has ${pickle.steps.length} steps, its background included; at most ${maxSteps}.`,
    ),
    ...unless(!ranks.includes(-1), `${at} has a step that is neither Given, When nor Then.`),
    ...unless(
      ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0)),
      `${at} goes back: first Given, then When, then Then.`,
    ),
    ...exactlyOneWhen(at, types),
    ...unless(types.includes(PickleStepType.OUTCOME), `${at} has no Then.`),
    ...pickle.steps
      .filter((step) => firstPerson.test(step.text))
      .map((step) => `${at} says "${step.text}"; name the person.`),
    ...lintTags(at, pickle),
  ]
}

function exactlyOneWhen(at: string, types: readonly (PickleStepType | undefined)[]): readonly string[] {
  const actions = types.filter((type) => type === PickleStepType.ACTION).length
  return unless(actions === 1, `${at} has ${actions} Whens; exactly one.`)
}

function lintTags(at: string, pickle: Pickle): readonly string[] {
  const tags = pickle.tags.map((tag) => tag.name)
  const behaviors = tags.filter((tag) => tag.startsWith('@behavior:'))
  const levels = tags.filter((tag) => tag.startsWith('@priority:'))
  const known = levels.every((tag) => priorities.some((priority) => tag === `@priority:${priority}`))
  return [
    ...unless(behaviors.length === 1, `${at} needs exactly one @behavior: tag; it has ${behaviors.length}.`),
    ...unless(levels.length === 1, `${at} needs exactly one @priority: tag; it has ${levels.length}.`),
    ...unless(known, `${at} has a priority that is none of ${priorities.join(', ')}.`),
  ]
}

/** Several pickles of one outline share a title; two scenarios may not. */
function duplicateTitles(pickles: readonly Pickle[], titles: Map<string, string>): readonly string[] {
  return pickles.flatMap((pickle) => {
    const place = `${pickle.uri}#${pickle.astNodeIds[0]}`
    const first = titles.get(pickle.name)
    titles.set(pickle.name, first ?? place)
    return unless(
      first === undefined || first === place,
      `${pickle.uri}:${pickle.location?.line}: Another scenario is called "${pickle.name}" already.`,
    )
  })
}

/** The domain's features run through every door, so their words can't be about one. What stands in a file or a table is no word. */
function lintWords(source: Source): readonly string[] {
  if (!source.path.includes(domainFolder)) return []
  return withoutDocStrings(source.text).flatMap((line, index) => {
    const word = /^\s*[@#|]/.test(line) ? undefined : doorWords.exec(line)?.[0]
    return unless(
      word === undefined,
      `${source.path}:${index + 1}: "${word}" belongs to one door; say it without.`,
    )
  })
}

/** The lines of a text, those of its doc strings empty. */
function withoutDocStrings(text: string): readonly string[] {
  const blanked = text.replace(/^(\s*)"""$[\s\S]*?^\s*"""$/gm, (quoted) => quoted.replace(/[^\n]/g, ''))
  return blanked.split('\n')
}

function unless(holds: unknown, offence: string): readonly string[] {
  return holds ? [] : [offence]
}

async function readFeatures(): Promise<readonly Source[]> {
  const paths: string[] = []
  for await (const path of glob(featureFiles)) paths.push(path)
  paths.sort()
  return Promise.all(
    paths.map(async (path) => ({ path: path.replaceAll('\\', '/'), text: await readFile(path, 'utf8') })),
  )
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const sources = await readFeatures()
  const offences = [
    ...folders.flatMap((folder) =>
      unless(
        sources.some(({ path }) => path.startsWith(`${folder}/`)),
        `${folder}/: holds no feature file.`,
      ),
    ),
    ...lintFeatures(sources),
  ]
  for (const offence of offences) console.error(offence)
  console.log(`${sources.length} features, ${offences.length} offences`)
  process.exitCode = offences.length > 0 ? 1 : 0
}
