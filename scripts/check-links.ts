/**
 * What remark-validate-links leaves out: links to other sites, which are not fetched but must be sound; links in raw HTML; references
 * to nowhere; and mentions of the repository's own files, which rot like links do. A plugin of remark, which .remarkrc.cjs runs.
 */
import { existsSync, globSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { fromMarkdown } from 'mdast-util-from-markdown'

type Root = ReturnType<typeof fromMarkdown>
type Node = Root | Root['children'][number]

/** What a plugin sees of a page: remark's VFile, as far as it is used here. */
interface Page {
  /** The folder that remark runs in: the repository. */
  readonly cwd: string
  readonly path: string
  message(reason: string, place: Node['position']): void
}

const ownFolders = 'src|docs|features|step_definitions|value-scenarios|examples|scripts|test|perf'
/** A path, or a pattern of paths, in one of the repository's folders. */
const ownPath = new RegExp(`^(?:${ownFolders})/[\\w./*{},-]*$`)
const scheme = /^[a-z][a-z\d+.-]*:/i
const bareAddress = /\bhttps?:\/\/[^\s<>()[\]"']*[^\s<>()[\]"'.,:;!?]/g
/** What a reader has started there needs no TLS. */
const thisMachine: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const hostName = /^[a-z\d-]+(?:\.[a-z\d-]+)+$/
const htmlReference = /\b(?:href|src|srcset)\s*=\s*["']([^"'\s]*)/gi
const undefinedReference = /\[[^[\]]+\]\[[^[\]]*\]/

export function checkMentions(): (tree: Root, page: Page) => void {
  return (tree, page) => {
    for (const node of nodesOf(tree)) {
      for (const offence of offencesOf(node, page)) page.message(offence, node.position)
    }
  }
}

/** All nodes but the words of a link: where it leads has been looked at. */
function* nodesOf(node: Node): Generator<Node> {
  yield node
  if (!('children' in node)) return
  for (const child of node.children) if (node.type !== 'link' || child.type !== 'text') yield* nodesOf(child)
}

function offencesOf(node: Node, page: Page): readonly string[] {
  switch (node.type) {
    case 'link':
    case 'image':
    case 'definition':
      return scheme.test(node.url) ? addressOffences(node.url) : []
    case 'html':
      return [...node.value.matchAll(htmlReference)].flatMap(([, target = '']) =>
        targetOffences(target, page),
      )
    case 'text':
      return textOffences(node.value)
    case 'inlineCode':
      return node.value.split(/\s+/).flatMap((word) => mentionOffences(word, page))
    default:
      return []
  }
}

function textOffences(text: string): readonly string[] {
  const [reference] = undefinedReference.exec(text) ?? []
  return [
    ...[...text.matchAll(bareAddress)].flatMap(([address]) => addressOffences(address)),
    ...unless(reference === undefined, `The reference ${reference} has no definition on this page.`),
  ]
}

function addressOffences(address: string): readonly string[] {
  const url = URL.parse(address)
  if (url && thisMachine.has(url.hostname)) return []
  if (url?.protocol !== 'https:') return [`Another site is linked by https; ${address} is not.`]
  return unless(hostName.test(url.hostname), `${address} names no host.`)
}

/** What raw HTML leads to: another site, a place on the page, or a file beside it. */
function targetOffences(target: string, { cwd, path }: Page): readonly string[] {
  if (scheme.test(target)) return addressOffences(target)
  const [file = ''] = target.split(/[#?]/)
  const isThere = existsSync(resolve(cwd, dirname(path), decodeURI(file)))
  return unless(file === '' || isThere, `There is no file ${file}, seen from this page.`)
}

/** A mention is read from the root of the repository; in the README of an example, from its own folder, too. */
function mentionOffences(word: string, { cwd, path }: Page): readonly string[] {
  if (!ownPath.test(word)) return []
  const isThere = [cwd, resolve(cwd, dirname(path))].some((folder) => hasMatch(word, folder))
  return unless(isThere, `There is no ${word} in this repository.`)
}

function hasMatch(pattern: string, folder: string): boolean {
  return /[*{]/.test(pattern)
    ? globSync(pattern, { cwd: folder }).length > 0
    : existsSync(resolve(folder, pattern))
}

function unless(holds: boolean, offence: string): readonly string[] {
  return holds ? [] : [offence]
}
