import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Stage } from '../stage.ts'
import type { Kind } from './fences.ts'
import { type Fence, fileOf, type Guide } from './guide.ts'
import type { GuideShell } from './guide-shell.ts'
import { createPairs, type Pairs } from './shown-output.ts'

/** What came of a guide, and what is left of it as long as the scenario lasts. */
export interface GuideRun {
  readonly guide: Guide
  /** Those that were come to, in order. */
  readonly fences: FenceRun[]
  /** Which value of this run stands for which one of the guide. */
  readonly pairs: Pairs
  readonly stage: Stage
  readonly shell: GuideShell
  /** A file that the guide has written, by the path that it gives; whoever asks for it has used it. */
  fileAt(path: string): Promise<WrittenFile>
  /** The files that no later command names and nobody asked for. */
  unusedFiles(): readonly string[]
}

/** A fence with what came of it. */
export interface FenceRun {
  readonly fence: Fence
  readonly kind: Kind
  /** Of what is run. */
  readonly exitCode?: number
  /** In the guide's words: its ports, its folders. */
  readonly output?: string
  /** Of an output that is shown: how what came differs. */
  readonly difference?: string
}

export interface WrittenFile {
  /** As the guide has it. */
  readonly path: string
  /** Where it stands really. */
  readonly place: string
  readonly text: string
}

/** What the machine does where a guide says so: `systemctl reload nginx`, which nobody runs here. */
export interface OperatingSystemAct {
  readonly command: RegExp
  act(run: GuideRun): Promise<unknown>
}

export function createGuideRun(guide: Guide, stage: Stage, shell: GuideShell): GuideRun {
  const fences: FenceRun[] = []
  const used = new Set<string>()
  return { guide, fences, pairs: createPairs(), stage, shell, fileAt, unusedFiles }

  async function fileAt(path: string): Promise<WrittenFile> {
    if (!fences.some(({ fence }) => fileOf(fence) === path))
      throw new Error(`${guide.path} has not written ${path}.`)
    used.add(path)
    const place = stage.at(path)
    return { path, place, text: await readFile(place, 'utf8') }
  }

  function unusedFiles(): readonly string[] {
    return fences.flatMap(({ fence }, index) => {
      const path = fileOf(fence)
      if (path === undefined || used.has(path) || isNamed(path, fences.slice(index))) return []
      return [`${guide.path}:${fence.line}: Nothing uses the file ${path}.`]
    })
  }
}

/** `docs/how-to/x.md:57: …` for each fence that failed. */
export function failuresOf({ guide, fences }: GuideRun): readonly string[] {
  const failed = fences.flatMap((run, index) => {
    const failure = failureOf(run, fences[index + 1])
    return failure === undefined
      ? []
      : [`${guide.path}:${run.fence.line}: ${failure}:\n${run.output}\n\n${run.fence.text}`]
  })
  const missing = guide.fences.length - fences.length
  return missing > 0 ? [...failed, `The ${missing} fences that follow were not run.`] : failed
}

/** The same for each output that is not as shown. */
export function differencesOf({ guide, fences }: GuideRun): readonly string[] {
  return fences.flatMap(({ fence, difference }) =>
    difference === undefined
      ? []
      : [`${guide.path}:${fence.line}: The output is another one.\n${difference}`],
  )
}

/** A curl ends well where it is refused; only a guide that shows the refusal means it. */
function failureOf({ kind, exitCode = 0, output = '' }: FenceRun, next: FenceRun | undefined) {
  if (exitCode !== 0) return `It ended with ${exitCode} and said`
  const isRefused = kind !== 'shown' && /"type": ?"urn:mcp-orchestration:problem:/.test(output)
  return isRefused && next?.kind !== 'shown' ? 'It was refused, which the guide does not show' : undefined
}

/** As a word: `a.json` is not in `a.json.bak`. */
function isNamed(path: string, later: readonly FenceRun[]): boolean {
  const name = basename(path)
  return later.some(({ fence, kind }) => kind === 'run' && fence.text.match(/[\w.-]+/g)?.includes(name))
}
