/**
 * Makes `dist/`, which is what the package publishes: `npm run build`. The compiler does the work; what isn't TypeScript is copied
 * beside it, the catalogue's files above all, the files of the docs pages come from their packages, and the commands are made
 * executable.
 */
import { spawnSync } from 'node:child_process'
import { chmod, cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import { docsFiles, readDocsFile } from '../src/http/docs/docs-files.ts'

const root = path.join(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const docs = path.join(dist, 'http/docs/docs-files')

await rm(dist, { recursive: true, force: true })
compile()
await cp(path.join(root, 'src'), dist, { recursive: true, filter: (file) => !file.endsWith('.ts') })
await mkdir(docs)
for (const file of docsFiles) await writeFile(path.join(docs, file.name), await readDocsFile(file))
for (const name of new Set(docsFiles.map(packageOf))) await copyNotices(name)
for (const command of await readCommands()) await chmod(path.join(root, command), 0o755)

function compile(): void {
  const tsc = path.join(folderOf('typescript'), 'bin/tsc')
  const project = path.join(root, 'tsconfig.build.json')
  const { status } = spawnSync(process.execPath, [tsc, '--project', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** Their licences ask for the notices to go with the files: the package's own, and those of what is bundled in. */
async function copyNotices(name: string): Promise<void> {
  const folder = folderOf(name)
  const bundled = docsFiles.filter((file) => packageOf(file) === name).map(({ source }) => source)
  const patterns = [
    'LICENSE',
    'NOTICE',
    ...bundled.map((file) => `${file.slice(name.length + 1)}.LICENSE.txt`),
  ]
  for await (const file of glob(patterns, { cwd: folder }))
    await cp(path.join(folder, file), path.join(docs, 'licenses', name, path.basename(file)))
}

function packageOf({ source }: { readonly source: string }): string {
  return source.slice(0, source.indexOf('/'))
}

function folderOf(name: string): string {
  const manifest = findPackageJSON(name, import.meta.url)
  if (manifest === undefined) throw new Error(`${name} is not installed. Run "npm ci" first.`)
  return path.dirname(manifest)
}

async function readCommands(): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  return Object.values<string>(manifest.bin)
}
