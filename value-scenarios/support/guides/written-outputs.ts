import { readFile, writeFile } from 'node:fs/promises'
import type { FenceRun, GuideRun } from './guide-run.ts'
import { withValuesOf } from './shown-output.ts'

/**
 * Writes what came into the guide's output fences. Where all was as shown, nothing is touched. Else each output is written anew, so that
 * values which stand in several places are the same run's; one with elisions that still fits keeps them.
 */
export async function writeOutputs(file: string, run: GuideRun): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  const shown = run.fences.filter(({ kind }) => kind === 'shown')
  if (shown.every(({ difference }) => difference === undefined)) return
  // From the last to the first, so that the lines before stay where they are.
  for (const fenceRun of shown.toReversed()) {
    const { line, height } = fenceRun.fence
    const indent = /^\s*/.exec(lines[line - 2] ?? '')?.[0] ?? ''
    const written = outputOf(fenceRun, run).trimEnd().split('\n')
    lines.splice(line - 1, height, ...written.map((each) => (each === '' ? '' : indent + each)))
  }
  await writeFile(file, lines.join('\n'))
}

function outputOf({ fence, output = '', difference }: FenceRun, { pairs }: GuideRun): string {
  const isKept = difference === undefined && fence.text.includes('…')
  return isKept ? withValuesOf(pairs, fence.text) : output
}
