import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

export const root = path.join(import.meta.dirname, '../..')

/** What `npm pack` makes, installed into an empty project. */
export interface Installation {
  /** The copy of the repository that was packed. */
  readonly source: string
  readonly tarball: string
  /** The project that uses the package, and nothing else. */
  readonly project: string
  /** The package within it. */
  readonly folder: string
  readonly manifest: Manifest
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
}

/** Gone at the end, even if nothing could be installed. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-package-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function packAndInstall(folder: string): Promise<Installation> {
  const source = await copyRepository(path.join(folder, 'repository'))
  const manifest: Manifest = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'))
  await npm(['pack', '--pack-destination', folder], source)
  const tarball = path.join(folder, `${manifest.name}-${manifest.version}.tgz`)
  const project = await makeProject(path.join(folder, 'project'))
  await npmInstall(tarball, project)
  return { source, tarball, project, folder: path.join(project, 'node_modules', manifest.name), manifest }
}

/** Packing builds, and nobody else's `dist` is to change under their hands, nor ours. */
async function copyRepository(folder: string): Promise<string> {
  const left = new Set(['.git', 'node_modules', 'dist', 'coverage', 'reports'])
  await cp(root, folder, {
    recursive: true,
    filter: (file) => file === root || !left.has(path.basename(file)),
  })
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  return folder
}

/** The oldest Node that the package says it runs on, as the registry has it for this platform; its `bin` folder. */
export async function installOldestNode(folder: string): Promise<string> {
  const platform = { win32: 'win' }[process.platform as string] ?? process.platform
  const name = `node-${platform}-${process.arch}`
  const project = await makeProject(path.join(folder, 'oldest-node'))
  const { engines } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  await npmInstall(`${name}@${engines.node.replace('>=', '')}.0`, project)
  return path.join(project, 'node_modules', name, 'bin')
}

async function makeProject(folder: string): Promise<string> {
  await mkdir(folder)
  await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  return folder
}

async function npmInstall(what: string, project: string): Promise<void> {
  // Without a registry, npm's own patience is minutes for each package.
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000']
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...patience, what], project)
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  await exec('npm', ['--loglevel=error', ...args], { cwd, env: npmEnvironment() })
}

/** Of an npm that runs this test, only where its registry and cache are: the rest of its settings are about the repository. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(?:cache|registry|userconfig)$)/i.test(name) && name !== 'NODE_V8_COVERAGE',
  )
  return { ...Object.fromEntries(kept), PATH: withFirst(path.dirname(process.execPath)) }
}

export function withFirst(folder: string): string {
  return [folder, process.env.PATH].join(path.delimiter)
}

/**
 * Why an installation that failed can't be had here, or undefined if the failure is a failure: at a desk, a registry out of reach with
 * nothing in npm's cache is nobody's fault.
 */
export function whyUnavailable(error: unknown): string | undefined {
  const { stderr } = error as { readonly stderr?: unknown }
  const [code] =
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b/.exec(String(stderr)) ?? []
  return code === undefined || process.env.CI ? undefined : `npm reaches no registry (${code})`
}
