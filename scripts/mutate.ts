/**
 * Breaks the rule of each scenario once and expects that scenario to go red: `npm run mutate`, or `npm run mutate -- 3 17` for some;
 * then changes for each guide something that it speaks of, and expects the guide to go red: `npm run mutate -- guides`, or its path.
 * The edits of `mutations.ts` and `guide-mutations.ts` are made in private copies of the tree, never in the tree itself. With `--write-docs` a run of all of
 * one kind writes down which assertion met which edit. Exits 1 if a scenario stays green, if it fails for another reason, or if an edit fits no more.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { argv } from 'node:process'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type GuideMutation, guideMutations } from './guide-mutations.ts'
import { judge, unclear, type Verdict } from './mutation-verdict.ts'
import { type Edit, type Mutation, mutations } from './mutations.ts'
import { type Met, pagePath, withGuides, withScenarios } from './mutations-page.ts'
import { readMessages } from './run-messages.ts'

/** As many as there are cores on a small machine; most scenarios wait for a process or a socket. */
const atOnce = 2
/** A mutation may make its scenario hang. */
const runTimeoutMs = 180_000
const root = path.join(import.meta.dirname, '..')
/** Not the source: installed, made by a run, or the history. */
const leftOut = ['node_modules', '.git', 'dist', 'reports', 'coverage']

/** The text with its rule broken. Throws where the text to find is gone or not the only one of its kind. */
export function breakRule(source: string, { file, find, replacement }: Edit): string {
  const count = source.split(find).length - 1
  if (count === 1) return source.split(find).join(replacement)
  throw new Error(`${file} holds ${count} times, not once: ${find}`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'write-docs': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const chosen = choose(positionals)
  const verdicts = await tryAll(chosen)
  const met = metOf(mutations, verdicts)
  const guidesMet = metOf(guideMutations, verdicts)
  const count = met.length + guidesMet.length
  console.log(`\n${count} of ${chosen.length} scenarios went red`)
  if (values['write-docs']) await writeDocs(met, guidesMet)
  if (count < chosen.length) process.exitCode = 1
}

type AnyMutation = Mutation | GuideMutation
const all: readonly AnyMutation[] = [...mutations, ...guideMutations]

/** By number, by path, or all that are about guides. */
function choose(names: readonly string[]): readonly AnyMutation[] {
  const unknown = names.filter((name) => !all.some((mutation) => isCalled(mutation, name)))
  if (unknown.length > 0) throw new Error(`There is no mutation for ${unknown.join(', ')}.`)
  return names.length === 0 ? all : all.filter((mutation) => names.some((name) => isCalled(mutation, name)))
}

function isCalled(mutation: AnyMutation, name: string): boolean {
  return nameOf(mutation) === name || ('guide' in mutation && name === 'guides')
}

function nameOf(mutation: AnyMutation): string {
  return 'guide' in mutation ? mutation.guide : String(mutation.scenario)
}

function metOf<T extends AnyMutation>(
  list: readonly T[],
  verdicts: ReadonlyMap<AnyMutation, Verdict>,
): readonly Met<T>[] {
  return list.flatMap((mutation) => {
    const verdict = verdicts.get(mutation)
    return verdict?.kind === 'red' ? [{ mutation, met: verdict }] : []
  })
}

/** Of each of the page's two parts either all went red in this run, or it stays as it was. */
async function writeDocs(met: readonly Met[], guidesMet: readonly Met<GuideMutation>[]): Promise<void> {
  const file = path.join(root, pagePath)
  const page = await readFile(file, 'utf8')
  const isAll = met.length === mutations.length
  const isAllGuides = guidesMet.length === guideMutations.length
  if (!isAll && !isAllGuides)
    throw new Error(`${pagePath} stays as it was: it is about runs in which all went red.`)
  const scenariosPage = isAll ? withScenarios(page, met) : page
  await writeFile(file, isAllGuides ? withGuides(scenariosPage, guidesMet) : scenariosPage)
}

/** Each worker has a copy of its own, as an edit concerns the whole tree; they share one queue. */
async function tryAll(chosen: readonly AnyMutation[]): Promise<ReadonlyMap<AnyMutation, Verdict>> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-mutate-')))
  const verdicts = new Map<AnyMutation, Verdict>()
  const queue = chosen.values()
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, chosen.length) }, (_, index) => work(`${index}`)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return verdicts

  async function work(name: string): Promise<void> {
    const tree = path.join(folder, name)
    await copyTree(tree)
    for (const mutation of queue) {
      const verdict = await tryOne(tree, mutation)
      verdicts.set(mutation, verdict)
      console.log(toLine(mutation, verdict))
    }
  }
}

async function copyTree(tree: string): Promise<void> {
  const isSource = (file: string) => !leftOut.includes(path.relative(root, file))
  await cp(root, tree, { recursive: true, filter: isSource })
  await symlink(path.join(root, 'node_modules'), path.join(tree, 'node_modules'), 'junction')
}

/** A scenario that is red already would be red with any edit, so it is run as it is first. */
async function tryOne(tree: string, mutation: AnyMutation): Promise<Verdict> {
  const file = path.join(tree, mutation.file)
  try {
    const sound = await readFile(file, 'utf8')
    const broken = breakRule(sound, mutation)
    const before = await runScenario(tree, mutation)
    if (before.kind !== 'green') return unclear(`It is not green before the edit. ${explain(before)}`)
    await writeFile(file, broken)
    return await runScenario(tree, mutation).finally(() => writeFile(file, sound))
  } catch (error) {
    return unclear(String(error))
  }
}

async function runScenario(tree: string, mutation: AnyMutation): Promise<Verdict> {
  const messages = path.join(tree, 'scenario.ndjson')
  await rm(messages, { force: true })
  const profile = 'guide' in mutation ? 'value' : 'default'
  const name = `^${mutation.title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`
  const options = ['--profile', profile, '--parallel', '0', '--name', name, '--format', `message:${messages}`]
  const child = spawn(process.execPath, [cucumberScript(), ...options], {
    cwd: tree,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: runTimeoutMs,
  })
  const complaint = await text(child.stderr)
  const verdict = judge(await readMessages(messages).catch(() => []))
  return verdict.kind === 'unclear' ? unclear(`${verdict.reason} ${complaint}`) : verdict
}

function cucumberScript(): string {
  const manifest = createRequire(import.meta.url).resolve('@cucumber/cucumber/package.json')
  return path.join(path.dirname(manifest), 'bin', 'cucumber.js')
}

function toLine(mutation: AnyMutation, verdict: Verdict): string {
  const { title, broken } = mutation
  return `${verdict.kind.padEnd(7)} ${nameOf(mutation).padStart(2)} ${title}\n           ${broken} → ${explain(verdict)}`
}

function explain(verdict: Verdict): string {
  if (verdict.kind === 'green') return 'nothing noticed it'
  return verdict.kind === 'red' ? verdict.step : verdict.reason
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main()
