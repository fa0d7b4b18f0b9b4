import type { GuideMutation } from './guide-mutations.ts'
import type { Red } from './mutation-verdict.ts'
import type { Edit, Mutation } from './mutations.ts'

/** An edit with the step that met it. */
export interface Met<T extends Edit = Mutation> {
  readonly mutation: T
  readonly met: Red
}

export const pagePath = 'docs/explanation/scenarios-can-fail.md'

/** The page about what a run showed of the scenarios of the contract; what it says of the guides stays. */
export function withScenarios(page: string, met: readonly Met[]): string {
  const rows = met.map(({ mutation, met: { step } }) => toRow(mutation, step))
  return toPage([scenariosHead, ...rows].join('\n'), partsOf(page).guides)
}

/** The page about what a run showed of the guides; what it says of the scenarios of the contract stays. */
export function withGuides(page: string, met: readonly Met<GuideMutation>[]): string {
  const rows = met.map(({ mutation, met: { step } }) => toGuideRow(mutation, step))
  const example = met.slice(0, 1).map(toExample).join('')
  return toPage(partsOf(page).scenarios, `${[guidesHead, ...rows].join('\n')}\n\n${example}`)
}

function toPage(scenarios: string, guides: string): string {
  return `${introduction}\n${scenarios.trimEnd()}\n\n${aboutGuides}\n${guides.trimEnd()}\n`
}

/** Either begins with the head of its table. */
function partsOf(page: string): { readonly scenarios: string; readonly guides: string } {
  const from = (head: string) => (page.includes(head) ? page.slice(page.indexOf(head)) : head)
  const [scenarios = ''] = from(scenariosHead).split(aboutGuidesHeading)
  return { scenarios, guides: from(guidesHead) }
}

export function toRow({ scenario, title, broken, file }: Mutation, step: string): string {
  return toCells([String(scenario), title, `${broken} (\`${file}\`)`, step])
}

export function toGuideRow({ guide, broken, file }: GuideMutation, step: string): string {
  return toCells([`[${guide}](../../${guide})`, `${broken} (\`${file}\`)`, step])
}

function toExample({ met: { complaint } }: Met<GuideMutation>): string {
  return `This is what the first of them says:\n\n\`\`\`\n${complaint}\n\`\`\`\n`
}

function toCells(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const introduction = `# Scenarios can fail

A scenario that never fails proves nothing. So each rule was broken once on purpose, by one small edit of the source, and its scenario
had to go red: at an assertion of its own, not because the edited program crashed. To see it again:

\`\`\`
npm run mutate                    # all of them, in private copies of the tree
npm run mutate -- 3 17            # some, by their numbers
npm run mutate -- guides          # those of the guides; or one, by the path of its guide
npm run mutate -- --write-docs    # all of them, and this page anew (or, with guides, their part of it)
\`\`\`

Each scenario is run twice: as the source is, where it must be green, and with the edit. The command fails if a scenario stays green,
if it fails for another reason, or if an edit no longer fits the source; the last is a unit test too. The edits are in
[\`scripts/mutations.ts\`](../../scripts/mutations.ts), those of the guides in
[\`scripts/guide-mutations.ts\`](../../scripts/guide-mutations.ts); when you add a scenario or change what an edit touches, that is the file to
change. This page is written by the command, so don't edit it.
`

const scenariosHead = `| | scenario | what was broken | the assertion that went red |
|--:|---|---|---|`
const guidesHead = `| guide | what was changed | the assertion that went red |
|---|---|---|`
const aboutGuidesHeading = '## Guides can fail'

const aboutGuides = `${aboutGuidesHeading}

The guides are run from their own text ([how](../../value-scenarios/README.md)). So when the product changes and a guide doesn't, the
guide's scenario goes red, at the line of the guide that is true no more.
`
