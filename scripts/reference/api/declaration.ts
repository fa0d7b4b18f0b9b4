import { type ApiItem, signatureOf } from './model.ts'

/** A name as TypeScript declares it, with its members but without their comments. */
export function toDeclaration(item: ApiItem): string {
  const head = withoutStraySpaces(signatureOf(item).replace(/^export (?:declare )?(?:default )?/, ''))
  if (item.kind === 'Variable') return `const ${head}`
  if (item.kind !== 'Interface' && item.kind !== 'Class') return head
  const members = item.members ?? []
  if (members.length === 0) return `${head} {}`
  return `${head} {\n${members.map((member) => indent(signatureOf(member))).join('\n')}\n}`
}

/** As the compiler leaves them around comments within a union. */
function withoutStraySpaces(text: string): string {
  return text.replaceAll(/ +$/gm, '').replaceAll(/^ \|/gm, '|')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}

/** The names that it leads to, once each, in the order in which they come. */
export function namesWithin(item: ApiItem): readonly string[] {
  const tokens = [item, ...(item.members ?? [])].flatMap(({ excerptTokens }) => excerptTokens)
  const names = tokens.flatMap(({ kind, text, canonicalReference = '' }) =>
    kind === 'Reference' && canonicalReference.startsWith('mcp-orchestration!') ? [text] : [],
  )
  return [...new Set(names)].filter((name) => name !== item.name)
}
