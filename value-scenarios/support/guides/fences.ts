import { type Fence, fileOf, type Guide } from './guide.ts'

/** What is done with a fence. */
export type Kind = 'run' | 'operating-system' | 'shown' | 'not-compared' | 'file' | 'browser' | 'program'

/** Fence kinds in order; throws, with all that is wrong, where a fence is of a kind that nothing proves. */
export function kindsOf({ path, fences }: Guide): ReadonlyMap<Fence, Kind> {
  const kinds = new Map<Fence, Kind>()
  const offences = fences.flatMap((fence, index) => {
    const kind = kindOf(fence)
    if (kind) kinds.set(fence, kind)
    const before = fences[index - 1]
    const offence = kind ? offenceOf(fence, kind, before && kinds.get(before)) : unknown(fence)
    return offence === undefined ? [] : [`${path}:${fence.line}: ${offence}`]
  })
  if (offences.length > 0) throw new Error(offences.join('\n'))
  return kinds
}

const table: readonly (readonly [language: RegExp, marks: RegExp, Kind])[] = [
  [/^sh$/, /^$/, 'run'],
  [/^sh$/, /^operating-system$/, 'operating-system'],
  [/^text$/, /^operating-system$/, 'not-compared'],
  [/^(?:json|text)$/, /^$/, 'shown'],
  [/^.+$/, /^file=\S+$/, 'file'],
  [/^js$/, /^browser$/, 'browser'],
  [/^ts$/, /^$/, 'program'],
]

function kindOf({ language, marks }: Fence): Kind | undefined {
  return table.find((row) => row[0].test(language) && row[1].test(marks.join(' ')))?.[2]
}

/** Kinds of fences after which an output may be shown. */
const speaking: readonly (Kind | undefined)[] = ['run', 'browser', 'program']

function offenceOf(fence: Fence, kind: Kind, before: Kind | undefined): string | undefined {
  if (kind === 'shown' && !speaking.includes(before))
    return `The ${fence.language} fence shows the output of nothing: it must follow a fence that is run.`
  if (kind === 'not-compared' && before !== 'operating-system')
    return 'A text fence of the operating system must follow such a command.'
  if (kind === 'file' && fileOf(fence)?.split('/').includes('..'))
    return 'A file stands in the sandbox: its path has no "..".'
  if (kind === 'operating-system' && /`|[$<>]\(/.test(fence.text))
    return 'A command stands within another, where nothing looks at it: give it a fence that is run.'
  return kind === 'operating-system' ? foreignCommand(fence) : undefined
}

function unknown({ language, marks }: Fence): string {
  return `Nothing proves a fence of the kind "${[language, ...marks].join(' ')}" (value-scenarios/README.md lists the kinds).`
}

/** Commands of the machine, which a test may not give. */
const osCommands = [
  ...['systemctl', 'systemd-creds', 'journalctl', 'loginctl', 'apt-get', 'apt', 'dnf', 'brew'],
  ...['install', 'useradd', 'usermod', 'chown', 'certbot', 'ufw', 'nginx', 'caddy'],
]

function foreignCommand({ text }: Fence): string | undefined {
  const foreign = commandsOf(text).find((command) => !osCommands.includes(command))
  if (foreign === undefined) return undefined
  return `"${foreign}" is no command of the operating system, so its fence must be run: take the mark off.`
}

/** Each line's command, and those after a pipe, a semicolon, & or &&; without sudo. Words in quotes are no commands. */
export function commandsOf(script: string): readonly string[] {
  // From left to right as a shell reads it, since a comment may hold one quote, and quotes a #.
  const plain = script.replace(/\\\n|\\.|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|(?<![^\s;&|])#.*$/gm, (part) =>
    part === '\\\n' ? ' ' : part.startsWith('#') ? '' : 'QUOTED',
  )
  return plain
    .split(/\n|&&|(?<![<>])&(?!>)|\|[|&]?|;/)
    .map((part) => part.trim().replace(/^sudo\s+/, ''))
    .flatMap((part) => part.split(/\s+/)[0] || [])
}
