import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

/**
 * The import table of the rooms, and the proof that Biome holds it: for each room one file that imports every room and every package,
 * linted with the project's own configuration. Each import that the table forbids must be found, and no other.
 */
const rankZero = ['errors.ts', 'json.ts', 'json-text.ts', 'shared-work.ts', 'vocabulary.ts']
const port = ['store/store.ts', 'store/update.ts']
const domain = [
  'artifacts',
  'audit',
  'clients',
  'deployments',
  'drafts',
  'events',
  'idempotency',
  'keys',
  'secrets',
  'servers',
  'tokens',
]

const http = [...rankZero, 'version.ts', 'orchestrator.ts', 'operations', 'mcp']

const cli = [
  ...rankZero,
  ...port,
  ...domain,
  ...['folder-stamp.ts', 'private-file.ts', 'version.ts', 'orchestrator.ts', 'index.ts'],
  ...['operations', 'mcp', 'http', 'store'],
]

/** The folders of `http` and of `cli`, which share the line of their room. */
const httpFolders = ['access', 'body', 'docs', 'events', 'mcp', 'overload', 'problems', 'routes'].map(
  (name) => `http/${name}`,
)
const cliFolders = ['cli/workers']

/** What of `src` a room may import beside itself: a folder, or one file of it. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  store: rankZero,
  clients: rankZero,
  servers: [...rankZero, 'folder-stamp.ts'],
  secrets: [...rankZero, 'private-file.ts'],
  tokens: [...rankZero, ...port],
  idempotency: [...rankZero, ...port],
  audit: [...rankZero, ...port],
  drafts: [...rankZero, ...port, 'servers', 'clients', 'secrets'],
  keys: [...rankZero, 'folder-stamp.ts', 'private-file.ts'],
  artifacts: [...rankZero, ...port, 'drafts', 'keys'],
  deployments: [...rankZero, ...port, 'private-file.ts', 'artifacts', 'clients', 'secrets'],
  events: [...rankZero, ...port, 'artifacts', 'deployments', 'drafts'],
  operations: [...rankZero, 'orchestrator.ts'],
  mcp: [...rankZero, 'version.ts', 'operations'],
  http,
  ...Object.fromEntries(httpFolders.map((folder) => [folder, [...http, 'http']])),
  cli,
  ...Object.fromEntries(cliFolders.map((folder) => [folder, [...cli, 'cli']])),
}

/** The files that stand in `src` itself, and the port, which is a room of its own within `store`. */
const files: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': rankZero,
  'folder-stamp.ts': rankZero,
  'json.ts': rankZero,
  'json-text.ts': rankZero,
  'shared-work.ts': rankZero,
  'vocabulary.ts': rankZero,
  'version.ts': rankZero,
  'private-file.ts': rankZero,
  'orchestrator.ts': [...rankZero, ...port, ...domain, 'folder-stamp.ts', 'store'],
  'index.ts': [
    ...rankZero,
    ...port,
    ...domain,
    ...['folder-stamp.ts', 'private-file.ts', 'version.ts'],
    ...['orchestrator.ts', 'operations', 'mcp', 'http', 'cli', 'store'],
  ],
  'store/store.ts': rankZero,
  'store/update.ts': [...rankZero, 'store/store.ts'],
}

/** Where each package is at home; every dependency of the product stands here. */
const packages: Readonly<Record<string, readonly string[]>> = {
  '@fastify/under-pressure': ['http'],
  '@modelcontextprotocol/server': ['mcp'],
  '@modelcontextprotocol/server/stdio': ['mcp'],
  ajv: ['servers'],
  canonicalize: ['artifacts'],
  commander: ['cli'],
  diff: ['deployments'],
  fastify: ['http'],
  'jsonc-parser': ['clients'],
  pino: ['cli'],
  'pino-pretty': ['cli'],
  typebox: ['operations'],
  'typebox/value': ['operations'],
  undici: [],
  'node:child_process': ['cli'],
  'node:http': ['http', 'cli'],
  'node:module': ['cli'],
  'node:sqlite': ['store'],
}

/** A whole import of node:crypto: hashes and signatures. Elsewhere certain names of it are let in. */
const cryptoRooms = ['artifacts', 'audit', 'deployments', 'idempotency', 'keys', 'secrets', 'tokens']

/** Whoever stands outside of src. */
const outsiders = ['step_definitions', 'step_definitions/support', 'examples', 'perf', 'value-scenarios']
const newcomer = 'src/room-of-tomorrow/probe.ts'

/** What the other rules are there for, each in a file of its own. */
const offences: Readonly<Record<string, string>> = {
  'correctness/noUndeclaredDependencies': "export * from 'left-pad'",
  'nursery/noFloatingPromises': 'async function later(): Promise<void> {}\nlater()',
  'style/noCommonJs': "export const loaded = require('node:fs')",
  'style/noDefaultExport': 'export default 1',
  'style/noEnum': 'export enum Colour {\n  red,\n}',
  'style/noNonNullAssertion': 'export const first = (list: readonly string[]): string => list[0]!',
  'style/useNodejsImportProtocol': "export * from 'fs'",
  'suspicious/noConsole': "console.log('hello')",
  'suspicious/noExplicitAny': 'export const value: any = 1',
  'suspicious/noImportCycles': "export * from './cycle.ts'",
}

const otherHalf = ['src/clients/cycle.ts', "export * from './noImportCycles.ts'"] as const

const harmless = [
  ['src/cli/probe.ts', "console.log('hello')"],
  ['cucumber.cjs', "module.exports = { default: { format: ['progress'] } }"],
] as const

const sources = [...Object.keys(rooms), ...Object.keys(files)]
const targets = [...Object.keys(rooms).map((room) => `${room}/thing.ts`), ...Object.keys(files)]
const root = fileURLToPath(new URL('..', import.meta.url))

describe('the import table', () => {
  let found: Found

  before(async () => {
    found = await lint()
  })

  for (const source of sources) {
    test(`${source} imports what it may and nothing else`, () => {
      const probe = probeOf(source)
      const forbidden = importsOf(probe).filter((specifier) => !isAllowed(source, probe, specifier))
      assert.deepEqual(found.get(`src/${probe}`), new Set(forbidden))
    })
  }

  for (const folder of outsiders) {
    test(`${folder} uses the public door only`, () => {
      const [, inner] = doorsOf(folder)
      assert.deepEqual(found.get(`${folder}/probe.ts`), new Set([inner]))
    })
  }

  test('a room that has no line yet may import next to nothing', () => {
    assert.deepEqual(found.get(newcomer), new Set(['../store/store.ts', 'node:fs']))
  })

  test('every folder and file of src has its line, here and in biome.json', async () => {
    const { overrides } = await readJson<Configuration>('biome.json')
    const lines = overrides.flatMap(({ includes }) => includes)
    for (const entry of await readdir(path.join(root, 'src'), { withFileTypes: true })) {
      assert.ok(sources.includes(entry.name), `test/layering.test.ts has no line for src/${entry.name}`)
      if (!entry.isDirectory()) continue
      assert.ok(lines.includes(`src/${entry.name}/**`), `biome.json has no line for src/${entry.name}`)
    }
    assert.deepEqual(await foldersOf('http'), httpFolders)
    assert.deepEqual(await foldersOf('cli'), cliFolders)
  })

  test('every dependency of the product has a home', async () => {
    const { dependencies } = await readJson<Manifest>('package.json')
    const homeless = Object.keys(dependencies).filter((name) => !Object.hasOwn(packages, name))
    assert.deepEqual(homeless, [])
  })
})

describe('habits', () => {
  let found: Found

  before(async () => {
    const texts = Object.entries(offences).map(([rule, text]) => [offenderOf(rule), text] as const)
    const diagnostics = await runBiome(new Map([...texts, ...harmless, otherHalf]))
    found = group(diagnostics, ({ category }) => category)
  })

  for (const rule of Object.keys(offences)) {
    test(`${rule} is an error`, () => assert.ok(found.get(offenderOf(rule))?.has(`lint/${rule}`)))
  }

  test('commands write to the console, and cucumber.cjs is what Cucumber wants', () => {
    for (const [file] of harmless) assert.equal(found.get(file), undefined)
  })
})

async function foldersOf(room: string): Promise<readonly string[]> {
  const inner = await readdir(path.join(root, 'src', room), { withFileTypes: true })
  return inner
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${room}/${name}`)
    .sort()
}

type Found = ReadonlyMap<string, ReadonlySet<string>>

interface Configuration {
  readonly overrides: readonly { readonly includes: readonly string[] }[]
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

interface Diagnostic {
  readonly severity: string
  readonly category: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

/** Which file stands for a source: the file itself, or one more in the room. */
function probeOf(source: string): string {
  return Object.hasOwn(files, source) ? source : `${source}/probe.ts`
}

function importsOf(probe: string): readonly string[] {
  const inner = targets.filter((target) => target !== probe).map((target) => relative(probe, target))
  return [...inner, ...detoursOf(probe), ...Object.keys(packages), 'node:crypto']
}

/** The way through a room that one may import into one that one may not; no source has a reason to write such a path. */
function detoursOf(probe: string): readonly string[] {
  const clients = path.posix.relative(path.posix.dirname(probe), 'clients')
  return ['../drafts/thing.ts', '../http/thing.ts'].map((rest) => `${clients || '.'}/${rest}`)
}

function isAllowed(source: string, probe: string, specifier: string): boolean {
  const home = [...httpFolders, ...cliFolders].includes(source) ? path.posix.dirname(source) : source
  if (specifier === 'node:crypto') return cryptoRooms.includes(home)
  if (Object.hasOwn(packages, specifier)) return packages[specifier]?.includes(home) ?? false
  if (detoursOf(probe).includes(specifier)) return false
  const target = path.posix.join(path.posix.dirname(probe), specifier)
  const may = [source, ...(rooms[source] ?? files[source] ?? [])]
  return may.some((allowed) => target === allowed || target.startsWith(`${allowed}/`))
}

function relative(from: string, to: string): string {
  const specifier = path.posix.relative(path.posix.dirname(from), to)
  return specifier.startsWith('.') ? specifier : `./${specifier}`
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(root, file), 'utf8'))
}

function offenderOf(rule: string): string {
  return `src/clients/${path.posix.basename(rule)}.ts`
}

/** For each probe, the imports that were refused. */
async function lint(): Promise<Found> {
  const imports = new Map<string, readonly string[]>([
    ...sources.map(probeOf).map((probe) => [`src/${probe}`, importsOf(probe)] as const),
    ...outsiders.map(
      (folder) => [`${folder}/probe.ts`, ['undici', './support.ts', ...doorsOf(folder)]] as const,
    ),
    [newcomer, ['../errors.ts', './thing.ts', '../store/store.ts', 'node:fs']] as const,
  ])
  const texts = Array.from(
    imports,
    ([file, specifiers]) => [file, specifiers.map(toImport).join('\n')] as const,
  )
  const diagnostics = await runBiome(new Map(texts), ['--only=style/noRestrictedImports'])
  return group(diagnostics, ({ location }) => imports.get(location.path)?.[location.start.line - 1] ?? '?')
}

function toImport(specifier: string, index: number): string {
  return `import * as import${index} from '${specifier}'`
}

/** The public door, which everybody may use, and one that is not. */
function doorsOf(folder: string): readonly [string, string] {
  const src = path.posix.relative(folder, 'src')
  return [`${src}/index.ts`, `${src}/errors.ts`]
}

async function runBiome(
  texts: ReadonlyMap<string, string>,
  options: readonly string[] = [],
): Promise<readonly Diagnostic[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-layering-'))
  try {
    for (const name of ['biome.json', 'package.json'])
      await copyFile(path.join(root, name), path.join(folder, name))
    for (const [file, text] of texts) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true })
      await writeFile(path.join(folder, file), `${text}\n`)
    }
    return await diagnose(folder, ['--vcs-enabled=false', ...options])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Biome exits 1 when it finds something, which is no failure here; what it prints must be whole in either case. */
async function diagnose(cwd: string, options: readonly string[]): Promise<readonly Diagnostic[]> {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', ...options, '.']
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) =>
      resolve(stdout),
    )
  })
  return (JSON.parse(output) as { readonly diagnostics: readonly Diagnostic[] }).diagnostics
}

function group(diagnostics: readonly Diagnostic[], toFinding: (diagnostic: Diagnostic) => string): Found {
  const found = new Map<string, Set<string>>()
  for (const diagnostic of diagnostics.filter(({ severity }) => severity === 'error')) {
    const file = diagnostic.location.path
    found.set(file, (found.get(file) ?? new Set()).add(toFinding(diagnostic)))
  }
  return found
}
