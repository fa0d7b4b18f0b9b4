import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What of V8's CPU profiles is looked at. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Hotspot {
  /** Of the time in which anything was done. */
  readonly percent: number
  readonly where: string
}

/** The functions in which most time was spent, without what they called. */
export function findHotspots({ nodes, samples, timeDeltas }: CpuProfile, count: number): readonly Hotspot[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, toWhere(callFrame)]))
  const spent = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const where = names.get(id) ?? ''
    if (where !== '(idle)') spent.set(where, (spent.get(where) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0)
  return [...spent]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([where, time]) => ({ where, percent: (100 * time) / total }))
}

/** The largest profile in the folder, for those of threads are small; undefined where none was taken. */
export async function readProfile(folder: string): Promise<CpuProfile | undefined> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const [largest] = texts.toSorted((a, b) => b.length - a.length)
  return largest === undefined ? undefined : JSON.parse(largest)
}

function toWhere({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\//, 'dist/')
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`
}
