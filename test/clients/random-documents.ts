import fc from 'fast-check'

/** Random JSONC as text, and a reading of it that owes nothing to the code under test. */

export interface Piece {
  readonly kind: 'blank' | 'comment' | 'string' | 'word' | 'mark'
  readonly text: string
  readonly start: number
}

/** Cuts a text into pieces that together are the text. */
export function pieces(text: string): readonly Piece[] {
  const pattern =
    /(?<blank>[ \t\r\n]+)|(?<comment>\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\]|\\.)*")|(?<mark>[{}[\],:])|(?<word>[^\s{}[\],:"/]+)/gu
  return [...text.matchAll(pattern)].map((match) => {
    const [kind] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? []
    return { kind: kind as Piece['kind'], text: match[0], start: match.index }
  })
}

/** What a JSONC text means: without its comments and trailing commas it is JSON. */
export function meaning(text: string): unknown {
  const told = pieces(text.replace(/^\uFEFF/, '')).filter(
    (piece) => piece.kind !== 'blank' && piece.kind !== 'comment',
  )
  const kept = told.filter(
    (piece, index) => !(piece.text === ',' && /^[}\]]$/.test(told[index + 1]?.text ?? '')),
  )
  return JSON.parse(kept.map((piece) => piece.text).join(' '))
}

export interface Entry {
  readonly name: string
  /** From the name's quote to the end of the value. */
  readonly text: string
  readonly before: string
  readonly after: string
}

/** A file in parts; joined by `toText`. */
export interface RandomDocument {
  readonly head: string
  readonly entries: readonly Entry[]
  /** A trailing comma, or none. */
  readonly comma: string
  readonly rest: string
  readonly tail: string
}

export function toText({ head, entries, comma, rest, tail }: RandomDocument): string {
  const members = entries.map((entry) => `${entry.before}${entry.text}${entry.after}`)
  return `${head}${members.join(',')}${comma}${rest}${tail}`
}

export const oddNames = [
  'a',
  'b',
  'files',
  'github',
  '__proto__',
  'constructor',
  'toString',
  '',
  '0',
  'a"b',
  '//',
  '/*',
  '*/',
  '{',
  ',',
  'é',
  '🙂',
  'mcpServers',
]

/** Some values as a deploy writes them. */
export const values = fc.record(
  {
    command: fc.constantFrom('npx', 'uvx', 'C:\\bin\\x.exe', 'say "hi"'),
    args: fc.array(fc.constantFrom('-y', '', '$HOME', '// no comment'), { maxLength: 3 }),
    env: fc.dictionary(fc.constantFrom('A', 'B_2', '__proto__'), fc.string({ maxLength: 5 }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  },
  { noNullPrototype: true },
)

export interface DocumentOptions {
  readonly rootKey: string
  /** Comments and trailing commas. */
  readonly isLenient: boolean
}

export function documents({ rootKey, isLenient }: DocumentOptions): fc.Arbitrary<RandomDocument> {
  return fc.constantFrom('\n', '\r\n', '\r', 'mixed').chain((eol) => {
    const gap = trivia(eol, isLenient)
    const value = valueText(gap)
    const entry = fc
      .tuple(quotedName, gap, gap, value, gap, gap)
      .map(([[name, quoted], a, b, text, before, after]) => ({
        name,
        text: `${quoted}${a}:${b}${text}`,
        before,
        after,
      }))
    const entries = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 4 })
    const other = fc.tuple(gap, fc.constantFrom('theme', '$schema', 'a', '__proto__'), gap, value, gap)
    const others = fc.uniqueArray(other, { selector: ([, name]) => name, maxLength: 2 })
    const mark = fc.constantFrom('', '\uFEFF')
    return fc
      .tuple(mark, gap, others, gap, gap, entries, fc.boolean(), gap, gap, others, gap, fc.boolean())
      .map(
        ([
          bom,
          start,
          above,
          beforeKey,
          afterColon,
          members,
          hasComma,
          rest,
          behind,
          below,
          end,
          isLastComma,
        ]) => {
          const belowOnly = below.filter(([, name]) => !above.some((each) => each[1] === name))
          const openings = above.map(toMember).map((member) => `${member},`)
          const closings = belowOnly.map(toMember).map((member) => `,${member}`)
          const lastComma = isLenient && isLastComma ? ',' : ''
          return {
            head: `${bom}${start}{${openings.join('')}${beforeKey}"${rootKey}":${afterColon}{`,
            entries: members,
            comma: isLenient && hasComma && members.length > 0 ? ',' : '',
            rest,
            tail: `}${behind}${closings.join('')}${lastComma}${end}}${end}`,
          }
        },
      )
  })
}

function toMember([before, name, gap, value, after]: readonly [
  string,
  string,
  string,
  string,
  string,
]): string {
  return `${before}"${name}"${gap}:${value}${after}`
}

/** A name and one of the ways to write it. */
const quotedName = fc.tuple(fc.constantFrom(...oddNames), fc.nat({ max: 3 })).map(([name, escaped]) => {
  const quoted = JSON.stringify(name)
  const isPlain = /^[a-z]+$/.test(name)
  const unit = name.charCodeAt(0).toString(16).padStart(4, '0')
  return [name, isPlain && escaped === 0 ? `"\\u${unit}${name.slice(1)}"` : quoted] as const
})

function trivia(eol: string, isLenient: boolean): fc.Arbitrary<string> {
  const lineEnd = eol === 'mixed' ? fc.constantFrom('\n', '\r\n', '\r') : fc.constant(eol)
  const white = fc.oneof(
    fc.constantFrom('', ' ', '  ', '\t'),
    lineEnd.map((each) => `${each}  `),
    lineEnd,
  )
  const comment = lineEnd.chain((each) =>
    fc.constantFrom(`// c, "x": {}${each}`, `//${each}`, '/* c */', `/* two${each}lines */`, '/**/'),
  )
  const part = isLenient
    ? fc.oneof({ weight: 4, arbitrary: white }, { weight: 1, arbitrary: comment })
    : white
  return fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''))
}

function valueText(gap: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(
    'null',
    'true',
    '-1.5e3',
    '0',
    '""',
    '"// no"',
    '"/* no */"',
    '"{\\"\\u007d"',
    '[]',
    '{}',
  )
  return fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .array(fc.tuple(gap, tie('value'), gap), { minLength: 1, maxLength: 2 })
        .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
      fc
        .uniqueArray(
          fc.tuple(gap, fc.constantFrom('command', 'args', '__proto__', 'x'), gap, tie('value'), gap),
          {
            selector: ([, name]) => name,
            maxLength: 2,
          },
        )
        .map((members) => `{${members.map(toMember).join(',')}}`),
    ),
  })).value
}
