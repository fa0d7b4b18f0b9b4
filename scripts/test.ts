/**
 * The whole proof in one command: unit tests, whose coverage is measured, then what starts hundreds of processes: tests of whole processes,
 * the features, those of the domain through each door, and value scenarios; then the checks on what ran. The last line is
 * `N passed, N failed`; a gate that doesn't hold (coverage, the contract of the scenarios) counts as one failure.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, globSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { run } from 'node:test'
import { dot, junit } from 'node:test/reporters'
import { missingPrograms } from '../test/support/programs.ts'
import { checkMessages, type Verdict } from './check-messages.ts'
import { doors } from './contract.ts'
import { readReports } from './run-messages.ts'

interface Figures {
  readonly passed: number
  readonly failed: number
}

const coverageFolder = join('coverage', 'tmp')
/** A test file that hangs fails instead. */
const fileTimeoutMs = 300_000

/** What looks at whole processes, of programs other than ours too. */
const ofProcesses = [
  'test/{browser,mcp-clients,package,torture,value-scenarios}/**/*.test.ts',
  'test/mcp/stdio.test.ts',
]

process.chdir(join(import.meta.dirname, '..'))
const missing = await missingPrerequisites()
if (missing.length > 0) end(missing, { passed: 0, failed: missing.length })
else await prove()

async function prove(): Promise<void> {
  for (const folder of ['reports', 'coverage']) await rm(folder, { recursive: true, force: true })
  await mkdir('reports')
  // From here on every process writes what it covered, however deep it was started.
  process.env.NODE_V8_COVERAGE = join(process.cwd(), coverageFolder)
  const units = await runTests('unit tests', globSync('test/**/*.test.ts', { exclude: ofProcesses }))
  // What follows does hardly anything in the source that wasn't done by then, and its processes are sooner ready without the measurement
  // and with what Node compiled for the first of them.
  delete process.env.NODE_V8_COVERAGE
  process.env.NODE_COMPILE_CACHE = join(process.cwd(), 'node_modules', '.cache', 'compiled')
  const tests = await runTests('tests of processes', globSync(ofProcesses))
  const scenarios = await runFeatures()
  const isCovered = await runBin('c8', ['report', '--temp-directory', coverageFolder])
  const offences = [
    ...scenarios.offences,
    ...(isCovered ? [] : ['coverage: below what .c8rc.json asks for.']),
  ]
  const gates = Number(!isCovered) + Number(scenarios.offences.length > 0 && scenarios.failed === 0)
  end(offences, {
    passed: units.passed + tests.passed + scenarios.passed,
    failed: units.failed + tests.failed + scenarios.failed + gates,
  })
}

async function runTests(what: string, files: readonly string[]): Promise<Figures> {
  const stream = run({
    files: files.map((file) => resolve(file)),
    // Most of the time is that of files that wait for a process or a socket.
    concurrency: availableParallelism() + 1,
    timeout: fileTimeoutMs,
  })
  const totals = Promise.withResolvers<Figures>()
  stream.on('test:summary', ({ file, counts }) => {
    if (file === undefined)
      totals.resolve({
        passed: counts.passed,
        // A skipped test is a missing prerequisite, which is a failure.
        failed: counts.tests - counts.passed,
      })
  })
  stream.compose(junit).pipe(createWriteStream(join('reports', `${what.replaceAll(' ', '-')}.xml`)))
  for await (const text of stream.compose(dot)) process.stdout.write(text)
  const { passed, failed } = await totals.promise
  console.log(`\n${passed} ${what} passed, ${failed} failed\n`)
  return { passed, failed }
}

async function runFeatures(): Promise<Verdict> {
  await runProfiles('default', 'reports')
  for (const door of doors) {
    console.log(`\nThe domain, through ${door}:`)
    await runProfiles(door, `${door}-reports`)
  }
  console.log('\nA part of the domain, against two workers:')
  await runProfiles('workers', 'workers-reports')
  console.log(
    `\nThe value scenarios${process.platform === 'linux' ? '' : ', but those that only Linux can show'}:`,
  )
  await runProfiles('value', 'value-reports')
  return checkMessages(await readReports('reports'))
}

async function runProfiles(...profiles: readonly string[]): Promise<void> {
  await runBin(
    '@cucumber/cucumber',
    profiles.flatMap((profile) => ['--profile', profile]),
  )
}

/** A package's own command; true when it ends well. */
async function runBin(name: string, args: readonly string[]): Promise<boolean> {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
  const { bin } = createRequire(import.meta.url)(manifest)
  const script = join(
    dirname(manifest),
    typeof bin === 'string' ? bin : (Object.values<string>(bin)[0] ?? ''),
  )
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' })
  const [code] = await once(child, 'close')
  return code === 0
}

async function missingPrerequisites(): Promise<readonly string[]> {
  const canSeeSockets =
    process.platform === 'linux' ? existsSync('/proc/self/net/tcp') : responds('lsof', ['-v'])
  return [
    ...(canSeeSockets
      ? []
      : ["Neither /proc nor lsof shows a process's sockets; a scenario looks at them. Install lsof."]),
    ...(await missingPrograms()),
  ]
}

function responds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function end(offences: readonly string[], { passed, failed }: Figures): void {
  for (const offence of offences) console.log(offence)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
