import { type Client, toClientEntry, transportSupport } from '../clients/client.ts'
import { OrchestrationError } from '../errors.ts'
import { isObject, type Members, quote } from '../json.ts'
import { type ServerEntry, type Transport, transports } from '../vocabulary.ts'
import { type Complaint, error, warning } from './complaint.ts'
import { isPackageName, packageOf } from './package-runner.ts'
import { sortedEntries } from './sorted-entries.ts'
import { isSteering } from './steering-variable.ts'
import { findInTexts } from './text-check.ts'

/** What is wrong with one server. Whatever the entry is, this answers, and without an error it is a `ServerEntry` exactly. */
export function findInEntry(
  client: Client,
  entry: unknown,
  packages: ReadonlySet<string>,
): readonly Complaint[] {
  if (!isObject(entry)) return [error('unsupported_transport', [], `This is no server. ${howToReach}`)]
  if (!isTransport(entry.type))
    return [error('unsupported_transport', ['type'], `The type is none. ${howToReach}`)]
  const complaints = [
    ...findInTransport(client, entry.type),
    ...findInMembers(entry, entry.type),
    ...(entry.type === 'stdio' ? findInStdio(client, entry) : findInRemote(entry)),
    ...findInTexts(entry),
    ...findInPackage(entry, packages),
  ]
  const isSound = complaints.every(({ severity }) => severity === 'warning')
  return isSound ? [...complaints, ...findInShape(client, entry as unknown as ServerEntry)] : complaints
}

const howToReach = `A server has a type, which is one of ${transports.join(', ')}.`

/** A client without any remote transport gets remote servers wrapped when they are deployed. */
function* findInTransport(client: Client, transport: Transport): Generator<Complaint> {
  if (transportSupport(client, transport) !== 'none') return
  const spoken = client.transports.join(' or ')
  const message = `${client.displayName} doesn't speak ${transport}. Use a server that it reaches by ${spoken}.`
  yield error('unsupported_transport', ['type'], message)
}

const stdioMembers = ['type', 'command', 'args', 'env']
const remoteMembers = ['type', 'url', 'headers']

/** What a transport has no place for would be signed, and then be lost or mean something else to the client. */
function* findInMembers(entry: Members, transport: Transport): Generator<Complaint> {
  const known = transport === 'stdio' ? stdioMembers : remoteMembers
  for (const name of Object.keys(entry).sort()) {
    if (known.includes(name)) continue
    const message = `A ${transport} server has no ${quote(name)}. It has ${known.join(', ')}.`
    yield error('unsupported_transport', [name], message)
  }
}

function* findInStdio(client: Client, { command, args, env }: Members): Generator<Complaint> {
  yield* findInCommand(command)
  yield* findInArgs(args)
  yield* findInValues('env', env)
  yield* findInSteering(env)
  yield* findInLimits(client, env)
}

function* findInCommand(command: unknown): Generator<Complaint> {
  if (!isPassable(command)) {
    yield error(
      'missing_command',
      ['command'],
      'There is no command. Give the program that starts the server.',
    )
  } else if (command.trim() === '') {
    yield error(
      'empty_command',
      ['command'],
      'The command is empty. Give the program that starts the server.',
    )
  }
}

function* findInArgs(args: unknown): Generator<Complaint> {
  if (!Array.isArray(args)) {
    yield error(
      'invalid_args',
      ['args'],
      'The arguments must be an array of strings; an empty one if there are none.',
    )
    return
  }
  for (const [index, argument] of args.entries()) {
    if (isPassable(argument)) continue
    yield error(
      'invalid_args',
      ['args', String(index)],
      'An argument must be a string of Unicode without NUL.',
    )
  }
}

/** The contract knows no code of its own for headers; they are to a remote server what the environment is to a process. */
function* findInValues(member: 'env' | 'headers', values: unknown): Generator<Complaint> {
  if (!isObject(values)) {
    yield error(
      'invalid_env',
      [member],
      `The ${nouns[member]}s must be an object of strings; an empty one if there are none.`,
    )
    return
  }
  for (const [name, value] of sortedEntries(values)) {
    if (!namePatterns[member].test(name)) {
      yield error(
        'invalid_env',
        [member, name],
        `${quote(name)} can't be the name of ${articles[member]} ${nouns[member]}.`,
      )
    }
    if (!isPassable(value) || (member === 'headers' && /[\r\n]/.test(value))) {
      yield error(
        'invalid_env',
        [member, name],
        `The value of the ${nouns[member]} ${quote(name)} is no text that can be passed on.`,
      )
    } else if (member === 'env' && value === '') {
      yield warning(
        'empty_env_var',
        [member, name],
        `The environment variable ${quote(name)} is empty. Give it a value, or leave it out.`,
      )
    }
  }
}

const nouns = { env: 'environment variable', headers: 'header' } as const
const articles = { env: 'an', headers: 'a' } as const

/** POSIX allows a process any name without "=" and NUL; of a header RFC 9110, section 5.1, wants a token. */
const namePatterns = {
  env: /^(?!__proto__$)[^=\p{Cc}\p{Cs}]+$/u,
  headers: /^(?!__proto__$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
} as const

/** With such a variable a known package is as good as an unknown one. */
function* findInSteering(env: unknown): Generator<Complaint> {
  if (!isObject(env)) return
  for (const name of Object.keys(env).sort()) {
    if (!isSteering(name)) continue
    const message = `${quote(name)} can make the command run other code than it names. Check that this is meant.`
    yield warning('unknown_package', ['env', name], message)
  }
}

function* findInLimits({ displayName, limits }: Client, env: unknown): Generator<Complaint> {
  const { maxEnvVars = Number.POSITIVE_INFINITY } = limits
  const count = isObject(env) ? Object.keys(env).length : 0
  if (count <= maxEnvVars) return
  const message = `${displayName} takes ${maxEnvVars} environment variables for a server at the most, and here are ${count}.`
  yield error('too_many_env_vars', ['env'], message)
}

function* findInRemote({ url, headers }: Members): Generator<Complaint> {
  if (!isPassable(url) || url.trim() === '') {
    yield error('missing_url', ['url'], 'There is no URL. Give the one under which the server is reached.')
  } else if (!isWebUrl(url)) {
    yield error(
      'missing_url',
      ['url'],
      'This is no URL of a server. Give one that begins with https:// or http://.',
    )
  }
  yield* findInValues('headers', headers)
}

/** References, and variables of the client's own, may stand for any part of it. A leftover placeholder is a finding by itself. */
function isWebUrl(url: string): boolean {
  const filled = url.replace(/^\$\{[^{}]*\}/, 'https://host').replace(/\$?\{[^{}]*\}/g, '1')
  return /^https?:$/.test(URL.parse(filled)?.protocol ?? '')
}

function* findInPackage(
  { type, command, args }: Members,
  packages: ReadonlySet<string>,
): Generator<Complaint> {
  if (type !== 'stdio' || typeof command !== 'string' || !isTexts(args)) return
  const run = packageOf(command, args)
  if (!run || (run.package !== undefined && packages.has(run.package))) return
  const what = isPackageName(run.package) ? `the package ${quote(run.package)}` : 'a package'
  const at = run.index === undefined ? ['args'] : ['args', String(run.index)]
  yield warning(
    'unknown_package',
    at,
    `${run.runner} would fetch and run ${what}, which isn't in the catalogue. Check where it comes from.`,
  )
}

/** What only the client's own shape can't hold, say a header that mcp-remote doesn't send. */
function* findInShape(client: Client, entry: ServerEntry): Generator<Complaint> {
  try {
    toClientEntry(client, entry)
  } catch (refusal) {
    if (!(refusal instanceof OrchestrationError)) throw refusal
    yield error('unsupported_transport', [], refusal.message)
  }
}

/** An argument, a variable or a header can hold neither NUL nor half a surrogate pair; nor can RFC 8785 write the latter. */
function isPassable(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed()
}

function isTransport(value: unknown): value is Transport {
  return transports.some((transport) => transport === value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
