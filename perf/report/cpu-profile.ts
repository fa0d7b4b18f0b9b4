import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toMarkdownTable } from './text.ts'

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

/** What comes after so long: a server's start is another story than its requests. */
export function withoutStart({ nodes, samples, timeDeltas }: CpuProfile, seconds: number): CpuProfile {
  let passed = 0
  const first = timeDeltas.findIndex((microseconds) => {
    passed += microseconds
    return passed > seconds * 1e6
  })
  const from = first === -1 ? timeDeltas.length : first
  return { nodes, samples: samples.slice(from), timeDeltas: timeDeltas.slice(from) }
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

/** The same by where the functions are: a room of ours, a package, Node, V8. */
export function findRooms(profile: CpuProfile): readonly Hotspot[] {
  const all = findHotspots(profile, Number.POSITIVE_INFINITY)
  const spent = new Map<string, number>()
  for (const { percent, where } of all) spent.set(roomOf(where), (spent.get(roomOf(where)) ?? 0) + percent)
  return [...spent].map(([where, percent]) => ({ where, percent })).toSorted((a, b) => b.percent - a.percent)
}

const [shownFunctions, shownRooms] = [25, 12]

/** Two tables, to be quoted on a page. */
export function toProfileText(name: string, profile: CpuProfile): string {
  const toTable = (what: string, hotspots: readonly Hotspot[]) =>
    toMarkdownTable([[what, 'CPU %'], ...hotspots.map(({ where, percent }) => [where, percent.toFixed(1)])])
  return [
    `${name}: where the CPU time of ours goes`,
    toTable('where', findRooms(profile).slice(0, shownRooms)),
    toTable('function', findHotspots(profile, shownFunctions)),
  ].join('\n\n')
}

/** `dist/store`, `fastify`, `node:internal`; what has no file is V8's own or native. */
function roomOf(where: string): string {
  const [, file] = /^.* (\S+):\d+$/.exec(where) ?? []
  if (file === undefined) return where === '(garbage collector)' ? where : 'native code'
  const [, room] = /^(dist\/[^/]+|node:[^/]+|@[^/]+\/[^/]+|[^/]+)/.exec(file) ?? []
  return room ?? file
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
