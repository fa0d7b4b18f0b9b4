/**
 * Writes the reference, `docs/reference/`, from what the product itself goes by. `npm run reference` writes it; with `--check`, as in
 * `npm run check`, nothing is written: it names each page that is not what the sources say, shows where, and exits 1.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { findDrift } from './reference/drift.ts'
import { folder } from './reference/page.ts'
import { makePages } from './reference/pages.ts'

const target = join(import.meta.dirname, '..', folder)
const pages = await makePages()
if (process.argv.includes('--check')) await check()
else await write()

async function check(): Promise<void> {
  const files = await readdir(target)
  const drift = await findDrift(pages, files, (file) =>
    readFile(join(target, file), 'utf8').catch(() => undefined),
  )
  if (drift.length === 0) return
  for (const each of drift) console.error(`${folder}/${each}`)
  console.error('Run "npm run reference", and look at what has changed.')
  process.exitCode = 1
}

async function write(): Promise<void> {
  await mkdir(target, { recursive: true })
  for (const { file, text } of pages) await writeFile(join(target, file), text)
}
