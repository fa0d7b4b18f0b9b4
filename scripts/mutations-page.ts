import type { Mutation } from './mutations.ts'

/** A mutation with the step that met it. */
export interface Met {
  readonly mutation: Mutation
  readonly step: string
}

export const pagePath = 'docs/explanation/scenarios-can-fail.md'

/** The page about what a run showed. */
export function toPage(met: readonly Met[]): string {
  return `${introduction}
| | scenario | what was broken | the assertion that went red |
|--:|---|---|---|
${met.map(toRow).join('\n')}
`
}

export function toRow({ mutation, step }: Met): string {
  const { scenario, title, broken, file } = mutation
  const cells = [String(scenario), title, `${broken} (\`${file}\`)`, step]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const introduction = `# Scenarios can fail

A scenario that never fails proves nothing. So each rule was broken once on purpose, by one small edit of the source, and its scenario
had to go red: at an assertion of its own, not because the edited program crashed. To see it again:

\`\`\`
npm run mutate                    # all of them, in private copies of the tree
npm run mutate -- 3 17            # some, by their numbers
npm run mutate -- --write-docs    # all of them, and this page anew
\`\`\`

Each scenario is run twice: as the source is, where it must be green, and with the edit. The command fails if a scenario stays green,
if it fails for another reason, or if an edit no longer fits the source; the last is a unit test too. The edits are in
[\`scripts/mutations.ts\`](../../scripts/mutations.ts); when you add a scenario or change what an edit touches, that is the file to
change. This page is written by the command, so don't edit it.
`
