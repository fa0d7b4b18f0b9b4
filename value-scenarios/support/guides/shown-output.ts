import { diffLines } from 'diff'

/**
 * What differs from run to run. Each pattern is as narrow as the thing is: a number is never masked as such. Of a `value` equal ones must
 * stay equal: what is shown twice in a guide must come twice. Moments must stay as far apart as they are shown. Of the rest nothing is kept.
 */
interface Mask {
  readonly name: string
  readonly pattern: string
  readonly keeps?: 'values' | 'moments'
}

const isoTime = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)`
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'

const masks: readonly Mask[] = [
  // As the name of a backup has it, with what tells two of one moment apart.
  {
    name: 'backup',
    pattern: String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{8}`,
    keeps: 'values',
  },
  { name: 'time', pattern: isoTime, keeps: 'moments' },
  { name: 'time', pattern: String.raw`${weekday}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`, keeps: 'moments' },
  { name: 'time', pattern: String.raw`(?<=^\[)\d\d:\d\d:\d\d(?:\.\d{3})?(?=\])` },
  // What each line of the server's log says of its process and its moment.
  { name: 'log', pattern: String.raw`(?<="(?:time|pid|remotePort|responseTime)":)\d+(?:\.\d+)?` },
  { name: 'log', pattern: '(?<="hostname":")[^"]+' },
  { name: 'uuid', pattern: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', keeps: 'values' },
  { name: 'digest', pattern: '(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])', keeps: 'values' },
  { name: 'token-id', pattern: String.raw`\btok_[0-9a-f]{16}\b`, keeps: 'values' },
  // It counts the writes of the whole store, also those that record the use of a token, which come when they come.
  { name: 'revision', pattern: String.raw`(?<="revision":)\d+`, keeps: 'values' },
  { name: 'cursor', pattern: '(?<="next_cursor":")[^"]+' },
  // Tokens, thumbprints and ETags are 32 bytes in base64url, signatures 64 bytes in base64, payloads are longer. Words have no digits.
  {
    name: 'secret',
    pattern: String.raw`(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])`,
    keeps: 'values',
  },
  { name: 'base64', pattern: String.raw`(?<![\w+/=-])[\w+/-]{86,}={0,2}(?![\w+/=-])`, keeps: 'values' },
  { name: 'folder', pattern: String.raw`(?<=/tmp/)tmp\.\w{6,10}`, keeps: 'values' },
]

const anyMask = new RegExp(masks.map(({ pattern }, index) => `(?<m${index}>${pattern})`).join('|'), 'gm')
/** Stands for any text within a line; alone on a line for any number of lines. */
const elision = '…'

/**
 * A guide is followed within one step, which has this long (hooks.ts): by so much at the most may the moments of two runs differ. What is
 * a moment of neither, as the date of a package, is the same in both.
 */
const mostApartMs = 180_000

/** What of the run stands for what of the guide, from the first output to the last. */
export interface Pairs {
  readonly values: Map<string, string>
  readonly moments: Map<string, string>
}

export function createPairs(): Pairs {
  return { values: new Map(), moments: new Map() }
}

/** How what came differs from what is shown; undefined where it doesn't. What is met for the first time goes into the pairs. */
export function differenceOf(shown: string, seen: string, pairs: Pairs): string | undefined {
  const found = match(toLines(shown), toLines(seen))
  if (!found) return diffOf(shown, seen)
  const values = new Map(pairs.values)
  for (const [ours, theirs] of found.filter(({ keeps }) => keeps === 'values').map(({ pair }) => pair)) {
    const other = [...values].find(([a, b]) => (a === ours) !== (b === theirs))
    if (other) return confusionOf([ours, theirs], other)
    values.set(ours, theirs)
  }
  const moments = found.filter(({ keeps }) => keeps === 'moments').map(({ pair }) => pair)
  const distance = distanceOf([...pairs.moments, ...moments])
  if (distance !== undefined) return distance
  for (const [ours, theirs] of values) pairs.values.set(ours, theirs)
  for (const [ours, theirs] of moments) pairs.moments.set(ours, theirs)
  return undefined
}

/** How two moments of the run are further apart, or nearer, than those of the guide. */
function distanceOf(pairs: readonly Pair[]): string | undefined {
  const shiftOf = ([shown, seen]: Pair) => Date.parse(seen) - Date.parse(shown)
  const moved = pairs.filter((pair) => shiftOf(pair) !== 0).toSorted((a, b) => shiftOf(a) - shiftOf(b))
  const [first, last] = [moved[0], moved.at(-1)]
  if (!first || !last || shiftOf(last) - shiftOf(first) <= mostApartMs) return undefined
  return `It shows ${first[0]} where ${first[1]} came, and ${last[0]} where ${last[1]} came.
The two must be as far apart in the guide as they are in the run.`
}

/** The shown text with the values of this run. */
export function withValuesOf(pairs: Pairs, shown: string): string {
  return shown.replace(anyMask, (value) => pairs.values.get(value) ?? pairs.moments.get(value) ?? value)
}

/** What masks leave of a text. */
export function masked(text: string): string {
  return text.replace(anyMask, (...args) => `<${maskOf(args.at(-1)).name}>`)
}

type Pair = readonly [shown: string, seen: string]

/** What a text shows, what came for it, and what of that is kept. */
interface Match {
  readonly pair: Pair
  readonly keeps: Mask['keeps']
}

/** What differs between two texts that are alike but for masked values; undefined where they aren't. */
function match(shown: readonly string[], seen: readonly string[]): readonly Match[] | undefined {
  const [line, ...rest] = shown
  if (line === undefined) return seen.length === 0 ? [] : undefined
  if (line.trim() === elision) {
    for (let skipped = 0; skipped <= seen.length; skipped += 1) {
      const found = match(rest, seen.slice(skipped))
      if (found) return found
    }
    return undefined
  }
  const [first, ...others] = seen
  const pairs = first === undefined ? undefined : matchLine(line, first)
  const more = pairs && match(rest, others)
  return pairs && more && [...pairs, ...more]
}

function matchLine(shown: string, seen: string): readonly Match[] | undefined {
  const values: Masked[] = []
  const pattern = shown
    .split(elision)
    .map((part) => toPattern(part, values))
    .join('.*?')
  const found = new RegExp(`^${pattern}$`, 'u').exec(seen)
  if (!found) return undefined
  return values.map(({ text, mask: { keeps } }, index) => ({ pair: [text, found[index + 1] ?? ''], keeps }))
}

interface Masked {
  readonly text: string
  readonly mask: Mask
}

/** A pattern with a group for each masked value of the text, which is added to the values. */
function toPattern(text: string, values: Masked[]): string {
  let pattern = ''
  let end = 0
  for (const found of text.matchAll(anyMask)) {
    const mask = maskOf(found.groups)
    values.push({ text: found[0], mask })
    pattern += `${literally(text.slice(end, found.index))}(${mask.pattern})`
    end = found.index + found[0].length
  }
  return pattern + literally(text.slice(end))
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function maskOf(groups: Readonly<Record<string, string | undefined>> | undefined): Mask {
  const mask = masks.find((_, index) => groups?.[`m${index}`] !== undefined)
  if (!mask) throw new Error('No mask has matched.')
  return mask
}

function toLines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
}

function diffOf(shown: string, seen: string): string {
  const text = (lines: readonly string[]) => `${masked(lines.join('\n'))}\n`
  return diffLines(text(toLines(shown)), text(toLines(seen)))
    .flatMap(({ value, added, removed }) => {
      const sign = added ? '+ seen  ' : removed ? '- shown ' : '        '
      return value
        .trimEnd()
        .split('\n')
        .map((line) => `${sign} ${line}`)
    })
    .join('\n')
}

function confusionOf([shown, seen]: Pair, [earlierShown, earlierSeen]: Pair): string {
  return `It shows ${shown} where ${seen} came; before, it showed ${earlierShown} where ${earlierSeen} came.
Two that are the same in the guide must be the same in the run.`
}
