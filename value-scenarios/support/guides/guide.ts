import { readFile } from 'node:fs/promises'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** A guide as a program: what stands in its fences, in order. */
export interface Guide {
  readonly path: string
  readonly fences: readonly Fence[]
}

export interface Fence {
  /** The first word after the backticks; empty when there is none. */
  readonly language: string
  /** The words that follow it: `operating-system`, `file=publish.mjs`. */
  readonly marks: readonly string[]
  readonly text: string
  /** Of the first line of its text, counted from 1. */
  readonly line: number
  /** How many lines its text has: none, where the fence is empty. */
  readonly height: number
  /** The heading under which it stands. */
  readonly section: string
}

export async function readGuide(path: string): Promise<Guide> {
  return parseGuide(path, await readFile(path, 'utf8'))
}

export function parseGuide(path: string, markdown: string): Guide {
  let section = ''
  const fences: Fence[] = []
  for (const node of descendants(fromMarkdown(markdown))) {
    if (node.type === 'heading') section = toText(node)
    if (node.type === 'code') fences.push(toFence(node, section))
  }
  return { path, fences }
}

/** What stands under one heading, as a guide of its own. */
export function sectionOf(guide: Guide, section: string): Guide {
  const fences = guide.fences.filter((fence) => fence.section === section)
  if (fences.length === 0) throw new Error(`${guide.path} has no fence under the heading "${section}".`)
  return { ...guide, fences }
}

/** The guide without the fences that begin with one of these lines; each must be there, so that no exception outlives its fence. */
export function without(guide: Guide, firstLines: readonly string[]): Guide {
  const isLeftOut = (fence: Fence) => firstLines.includes(firstLineOf(fence))
  const stale = firstLines.filter((line) => !guide.fences.some((fence) => firstLineOf(fence) === line))
  if (stale.length > 0) throw new Error(`${guide.path} has no fence that begins with: ${stale.join(' | ')}`)
  return { ...guide, fences: guide.fences.filter((fence) => !isLeftOut(fence)) }
}

/** `file=publish.mjs` gives `publish.mjs`. */
export function fileOf({ marks }: Fence): string | undefined {
  return marks.find((mark) => mark.startsWith('file='))?.slice('file='.length)
}

export function firstLineOf({ text }: Fence): string {
  return text.split('\n', 1)[0] ?? ''
}

function toFence({ lang, meta, value, position }: Code, section: string): Fence {
  return {
    language: lang ?? '',
    marks: meta?.split(/\s+/) ?? [],
    text: value,
    line: (position?.start.line ?? 0) + 1,
    height: (position?.end.line ?? 0) - (position?.start.line ?? 0) - 1,
    section,
  }
}

type Root = ReturnType<typeof fromMarkdown>
type Nodes = Root | Root['children'][number]
type Code = Extract<Nodes, { readonly type: 'code' }>

function* descendants(node: Nodes): Generator<Nodes> {
  yield node
  if ('children' in node) for (const child of node.children) yield* descendants(child)
}

function toText(heading: Nodes): string {
  return [...descendants(heading)].map((node) => ('value' in node ? node.value : '')).join('')
}
