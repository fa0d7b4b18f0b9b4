import { diffLines } from 'diff'

/**
 * What differs from run to run. Each pattern is as narrow as the thing is: a number is never masked as such. Where `same` is true, equal
 * values must stay equal: what is shown twice in a guide must come twice.
 */
interface Mask {
  readonly name: string
  readonly pattern: string
  readonly same: boolean
}

const isoTime = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)`
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'

const masks: readonly Mask[] = [
  // As the name of a backup has it, with what tells two of one moment apart.
  { name: 'backup', pattern: String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{8}`, same: true },
  { name: 'time', pattern: isoTime, same: false },
  { name: 'time', pattern: String.raw`${weekday}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`, same: false },
  { name: 'time', pattern: String.raw`(?<=^\[)\d\d:\d\d:\d\d(?:\.\d{3})?(?=\])`, same: false },
  // What each line of the server's log says of its process and its moment.
  {
    name: 'log',
    pattern: String.raw`(?<="(?:time|pid|remotePort|responseTime)":)\d+(?:\.\d+)?`,
    same: false,
  },
  { name: 'log', pattern: '(?<="hostname":")[^"]+', same: false },
  { name: 'uuid', pattern: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', same: true },
  { name: 'digest', pattern: '(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])', same: true },
  { name: 'token-id', pattern: String.raw`\btok_[0-9a-f]{16}\b`, same: true },
  // It counts the writes of the whole store, also those that record the use of a token, which come when they come.
  { name: 'revision', pattern: String.raw`(?<="revision":)\d+`, same: true },
  { name: 'cursor', pattern: '(?<="next_cursor":")[^"]+', same: false },
  // Tokens, thumbprints and ETags are 32 bytes in base64url, signatures 64 bytes in base64, payloads are longer. Words have no digits.
  {
    name: 'secret',
    pattern: String.raw`(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])`,
    same: true,
  },
  { name: 'base64', pattern: String.raw`(?<![\w+/=-])[\w+/-]{86,}={0,2}(?![\w+/=-])`, same: true },
  { name: 'folder', pattern: String.raw`(?<=/tmp/)tmp\.\w{6,10}`, same: true },
]

const anyMask = new RegExp(masks.map(({ pattern }, index) => `(?<m${index}>${pattern})`).join('|'), 'gm')
/** Stands for any text within a line; alone on a line for any number of lines. */
const elision = '…'

/** Which value of the run stands for which value of the guide, from the first output to the last. */
export type Pairs = Map<string, string>

/** How what came differs from what is shown; undefined where it doesn't. Values that are met for the first time go into the pairs. */
export function differenceOf(shown: string, seen: string, pairs: Pairs): string | undefined {
  const found = match(toLines(shown), toLines(seen))
  if (!found) return diffOf(shown, seen)
  const known = new Map(pairs)
  for (const [ours, theirs] of found) {
    const other = [...known].find(([a, b]) => (a === ours) !== (b === theirs))
    if (other) return confusionOf([ours, theirs], other)
    known.set(ours, theirs)
  }
  for (const [ours, theirs] of known) pairs.set(ours, theirs)
  return undefined
}

/** The shown text with the values of this run. */
export function withValuesOf(pairs: Pairs, shown: string): string {
  return shown.replace(anyMask, (value) => pairs.get(value) ?? value)
}

/** What masks leave of a text. */
export function masked(text: string): string {
  return text.replace(anyMask, (...args) => `<${maskOf(args.at(-1)).name}>`)
}

type Pair = readonly [shown: string, seen: string]

/** The pairs of values of two texts that are alike but for them; undefined where they aren't. */
function match(shown: readonly string[], seen: readonly string[]): readonly Pair[] | undefined {
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

function matchLine(shown: string, seen: string): readonly Pair[] | undefined {
  const values: (string | undefined)[] = []
  const pattern = shown
    .split(elision)
    .map((part) => toPattern(part, values))
    .join('.*?')
  const found = new RegExp(`^${pattern}$`, 'u').exec(seen)
  if (!found) return undefined
  return values.flatMap((value, index): readonly Pair[] => {
    const other = found[index + 1]
    return value === undefined || other === undefined ? [] : [[value, other]]
  })
}

/** A pattern with a group for each value of the text; of those that may change from time to time, no value is kept. */
function toPattern(text: string, values: (string | undefined)[]): string {
  let pattern = ''
  let end = 0
  for (const found of text.matchAll(anyMask)) {
    const mask = maskOf(found.groups)
    values.push(mask.same ? found[0] : undefined)
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
