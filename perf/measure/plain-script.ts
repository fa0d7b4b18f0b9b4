import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const perf = join(import.meta.dirname, '..')
/** Below node_modules, so that packages are found from there as from here. */
const cache = join(perf, '../node_modules/.cache/perf')

/**
 * A program of `baselines/` or `servers/` without its types, and what it imports: Node would load its compiler to take them out, and the
 * baseline would pay for that in time and memory, which the built product doesn't.
 */
export async function toPlainScript(path: string): Promise<URL> {
  const source = await readFile(join(perf, path), 'utf8')
  const plain = stripTypeScriptTypes(source)
  for (const [, imported = ''] of plain.matchAll(localImport))
    await toPlainScript(join(dirname(path), imported))
  const target = join(cache, dirname(path), `${basename(path, '.ts')}.mjs`)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, plain.replaceAll(localImport, "'$<name>.mjs'"))
  return pathToFileURL(target)
}

const localImport = /'((?<name>\.{1,2}\/[\w/.-]+)\.ts)'/g
