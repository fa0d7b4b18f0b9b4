import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toChart } from './chart.ts'
import { toGrowthChart } from './growth-chart.ts'
import { toGrowthTables } from './growth-table.ts'
import type { Result } from './result.ts'
import { toBudgetRows, toRows } from './table.ts'
import { toMarkdownTable } from './text.ts'

/** Puts the figures of a run into the pages that show some, so that what is shown was seen. */
export async function writeDocs(root: string, results: readonly Result[], subtitle: string): Promise<void> {
  const budgets = `${subtitle}\n\n${toMarkdownTable(toBudgetRows(results))}`
  const suites = `${subtitle}\n\n${toMarkdownTable(toRows(results))}`
  const growth = [subtitle, ...toGrowthTables(results).map(toMarkdownTable)].join('\n\n')
  await rewrite(join(root, 'README.md'), { budgets })
  await rewrite(join(root, 'perf/README.md'), { suites })
  await rewrite(join(root, 'docs/explanation/performance.md'), { growth })
  await writeFile(join(root, 'docs/images/perf.svg'), toChart(results, subtitle))
  await writeFile(join(root, 'docs/images/perf-growth.svg'), toGrowthChart(results, subtitle))
}

async function rewrite(file: string, regions: Readonly<Record<string, string>>): Promise<void> {
  const before = await readFile(file, 'utf8')
  const after = Object.entries(regions).reduce(
    (text, [name, content]) => replaceRegion(text, name, content),
    before,
  )
  await writeFile(file, after)
}

/** What stands between `<!-- perf:NAME -->` and `<!-- /perf:NAME -->` becomes the content. Throws where there is no such place. */
export function replaceRegion(text: string, name: string, content: string): string {
  const [opening, closing] = [`<!-- perf:${name} -->`, `<!-- /perf:${name} -->`]
  const [start, end] = [text.indexOf(opening), text.indexOf(closing)]
  if (start === -1 || end < start)
    throw new Error(`The page has no place for "${name}": ${opening} … ${closing}.`)
  return `${text.slice(0, start)}${opening}\n\n${content}\n\n${text.slice(end)}`
}
