import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import path from 'node:path'

/**
 * The public API as API Extractor sees it: each name that `src/index.ts` hands on, and each that those lead to. It takes seconds to
 * make, and is kept under a digest of all that it is made of.
 */
const root = path.join(import.meta.dirname, '../../..')

/** One name, or a member of one. The members of API Extractor's document that are read here. */
export interface ApiItem {
  readonly kind: string
  readonly name: string
  readonly canonicalReference: string
  /** With its asterisks. */
  readonly docComment?: string
  readonly excerptTokens: readonly Token[]
  readonly members?: readonly ApiItem[]
  /** The declarations in which it stands. */
  readonly fileUrlPath?: string
}

interface Token {
  readonly kind: 'Content' | 'Reference'
  readonly text: string
  readonly canonicalReference?: string
}

export interface DocText {
  readonly summary: string
  readonly example: string
}

export async function readApi(): Promise<readonly ApiItem[]> {
  const cache = path.join(root, 'node_modules/.cache/reference')
  const file = path.join(cache, `${await digestOfInputs()}.json`)
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return JSON.parse(kept)
  const items = await makeApi()
  await keep(cache, file, items)
  return items
}

/** In place of those before. Another process may be at it, too, so nothing is taken away that it is about to write. */
async function keep(cache: string, file: string, items: readonly ApiItem[]): Promise<void> {
  await mkdir(cache, { recursive: true })
  const former = await readdir(cache)
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify(items))
  await rename(draft, file)
  for (const name of former.filter((each) => each.endsWith('.json')))
    if (path.join(cache, name) !== file) await rm(path.join(cache, name), { force: true })
}

/** Everything that the declarations and the extractor go by. */
async function digestOfInputs(): Promise<string> {
  const folders = ['src/**/*.{ts,json}', 'scripts/reference/api/{model,extraction}.ts']
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
  for await (const file of glob(folders, { cwd: root })) files.push(file)
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${file}\0`).update(await readFile(path.join(root, file)))
  return hash.digest('hex')
}

async function makeApi(): Promise<readonly ApiItem[]> {
  const folder = await makeFolder()
  try {
    await emitDeclarations(folder)
    const { extractApi } = await import('./extraction.ts')
    return await inSourceOrder(extractApi(root, folder))
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

async function emitDeclarations(folder: string): Promise<void> {
  const tsc = path.join(path.dirname(findPackageJSON('typescript', import.meta.url) ?? ''), 'bin/tsc')
  // Whether the types are right is checked before, by `npm run check`.
  const flags = ['--emitDeclarationOnly', '--noCheck']
  const args = ['--project', 'tsconfig.build.json', ...flags, '--outDir', folder]
  const child = spawn(process.execPath, [tsc, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error('The declarations could not be made.')
}

/** The extractor sorts members by name; their authors had a better order. */
async function inSourceOrder(items: readonly ApiItem[]): Promise<readonly ApiItem[]> {
  return await Promise.all(
    items.map(async ({ fileUrlPath = '', ...item }) => {
      const source = await readFile(path.join(root, fileUrlPath), 'utf8')
      const start = source.search(new RegExp(`\\b(?:interface|class) ${item.name}\\b`))
      const positionOf = (member: ApiItem) => source.indexOf(signatureOf(member), start)
      const members = item.members?.toSorted((one, other) => positionOf(one) - positionOf(other))
      return members ? { ...item, members } : item
    }),
  )
}

export function signatureOf({ excerptTokens }: ApiItem): string {
  return excerptTokens
    .map(({ text }) => text)
    .join('')
    .trim()
}

/** A doc comment without its asterisks: what it says, and the program behind `@example`. */
export function textOf({ docComment = '' }: ApiItem): DocText {
  const lines = docComment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
  const [summary = '', example = ''] = lines.join('\n').split('@example')
  return { summary: toParagraphs(summary), example: example.trim() }
}

function toParagraphs(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' '))
    .join('\n\n')
}

/** Whether it is handed on by `src/index.ts`, and not only led to by what is. */
export function isPublic({ canonicalReference }: ApiItem): boolean {
  return !canonicalReference.includes('!~')
}
