/**
 * Breaks the rule of each scenario once and expects that scenario to go red: `npm run mutate`, or `npm run mutate -- 3 17` for some.
 * The edits of `mutations.ts` are made in private copies of the tree, never in the tree itself. A full run with `--write-docs` writes
 * down which assertion met which edit. Exits 1 if a scenario stays green, if it fails for another reason, or if an edit fits no more.
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
import { readMessages } from './check-messages.ts'
import { judge, unclear, type Verdict } from './mutation-verdict.ts'
import { type Mutation, mutations } from './mutations.ts'
import { type Met, pagePath, toPage } from './mutations-page.ts'

/** As many as there are cores on a small machine; most scenarios wait for a process or a socket. */
const atOnce = 2
/** A mutation may make its scenario hang. */
const runTimeoutMs = 180_000
const root = path.join(import.meta.dirname, '..')
/** Not the source: installed, made by a run, or the history. */
const leftOut = ['node_modules', '.git', 'dist', 'reports', 'coverage']

/** The text with its rule broken. Throws where the text to find is gone or not the only one of its kind. */
export function breakRule(source: string, { file, find, replacement }: Mutation): string {
  const count = source.split(find).length - 1
  if (count === 1) return source.split(find).join(replacement)
  throw new Error(`${file} holds ${count} times, not once: ${find}`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'write-docs': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  if (values['write-docs'] && positionals.length > 0)
    throw new Error(`${pagePath} is about all scenarios: leave the numbers out.`)
  const chosen = choose(positionals)
  const verdicts = await tryAll(chosen)
  const met = chosen.flatMap((mutation): readonly Met[] => {
    const verdict = verdicts.get(mutation)
    return verdict?.kind === 'red' ? [{ mutation, step: verdict.step }] : []
  })
  console.log(`\n${met.length} of ${chosen.length} scenarios went red`)
  if (values['write-docs']) await writeDocs(met)
  if (met.length < chosen.length) process.exitCode = 1
}

function choose(numbers: readonly string[]): readonly Mutation[] {
  const unknown = numbers.filter((number) => !mutations.some(({ scenario }) => String(scenario) === number))
  if (unknown.length > 0) throw new Error(`There is no mutation for ${unknown.join(', ')}.`)
  return numbers.length === 0
    ? mutations
    : mutations.filter(({ scenario }) => numbers.includes(`${scenario}`))
}

async function writeDocs(met: readonly Met[]): Promise<void> {
  if (met.length < mutations.length)
    throw new Error(`${pagePath} stays as it was: it is about a run in which all scenarios went red.`)
  await writeFile(path.join(root, pagePath), toPage(met))
}

/** Each worker has a copy of its own, as an edit concerns the whole tree; they share one queue. */
async function tryAll(chosen: readonly Mutation[]): Promise<ReadonlyMap<Mutation, Verdict>> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-mutate-')))
  const verdicts = new Map<Mutation, Verdict>()
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
async function tryOne(tree: string, mutation: Mutation): Promise<Verdict> {
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

async function runScenario(tree: string, { title }: Mutation): Promise<Verdict> {
  const messages = path.join(tree, 'scenario.ndjson')
  await rm(messages, { force: true })
  const name = `^${title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`
  const options = ['--parallel', '0', '--name', name, '--format', `message:${messages}`]
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

function toLine({ scenario, title, broken }: Mutation, verdict: Verdict): string {
  return `${verdict.kind.padEnd(7)} ${String(scenario).padStart(2)} ${title}\n           ${broken} → ${explain(verdict)}`
}

function explain(verdict: Verdict): string {
  if (verdict.kind === 'green') return 'nothing noticed it'
  return verdict.kind === 'red' ? verdict.step : verdict.reason
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main()
