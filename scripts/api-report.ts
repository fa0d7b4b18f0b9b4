/**
 * Keeps the public API, names and types, in `docs/reference/mcp-orchestration.api.md`. A test fails when the two differ; after a change
 * that is meant, `npm run api-report` writes it anew, and its diff is what a reviewer reads.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor'

const root = path.join(import.meta.dirname, '..')
const name = 'mcp-orchestration'

export const reportFile = path.join(root, 'docs/reference', `${name}.api.md`)

/** The report of the sources as they are now. */
export async function makeApiReport(): Promise<string> {
  const folder = await makeFolder()
  try {
    emitDeclarations(folder)
    extractReport(folder)
    return await readFile(path.join(folder, `${name}.api.md`), 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Within the repository, where the declarations find the packages that they import from. */
async function makeFolder(): Promise<string> {
  const reports = path.join(root, 'reports')
  await mkdir(reports, { recursive: true })
  return mkdtemp(path.join(reports, 'api-'))
}

function emitDeclarations(folder: string): void {
  const tsc = path.join(path.dirname(findPackageJSON('typescript', import.meta.url) ?? ''), 'bin/tsc')
  const args = ['--project', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The declarations could not be made:\n${stdout}`)
}

/** API Extractor reads them with a compiler of its own, so ours may be newer. */
function extractReport(folder: string): void {
  const said: string[] = []
  const { succeeded } = Extractor.invoke(
    ExtractorConfig.prepare({
      configObject: toConfig(folder),
      configObjectFullPath: undefined,
      packageJsonFullPath: path.join(root, 'package.json'),
    }),
    {
      localBuild: true,
      messageCallback(message) {
        message.handled = true
        if (message.logLevel === ExtractorLogLevel.Error) said.push(message.formatMessageWithLocation(root))
      },
    },
  )
  if (!succeeded) throw new Error(`The report could not be made:\n${said.join('\n')}`)
}

function toConfig(folder: string): IConfigFile {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  }
  return {
    projectFolder: root,
    mainEntryPointFilePath: path.join(folder, 'index.d.ts'),
    newlineKind: 'lf',
    compiler: { overrideTsconfig: { compilerOptions, files: [path.join(folder, 'index.d.ts')] } },
    apiReport: {
      enabled: true,
      reportFileName: name,
      reportFolder: folder,
      reportTempFolder: path.join(folder, 'temp'),
      includeForgottenExports: true,
    },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      // What can be reached is listed, whether it has a name outside or not; release tags aren't ours.
      extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  await mkdir(path.dirname(reportFile), { recursive: true })
  await writeFile(reportFile, await makeApiReport())
}
