import type { ArgumentTemplate } from './catalogue-server.ts'
import type { Package } from './server-json.ts'

/** A program that fetches a package and runs it. */
export interface Runtime {
  readonly command: string
  readonly registryType: string
  /** What an identifier must look like: none can pass for an option or smuggle one in. */
  readonly identifier: RegExp
  /** What stands around the package's own runtime arguments, up to and with the package. */
  readonly launch: (
    serverPackage: Package,
    runtimeArguments: readonly ArgumentTemplate[],
  ) => readonly ArgumentTemplate[]
}

const runtimes: readonly Runtime[] = [
  {
    command: 'npx',
    registryType: 'npm',
    identifier: /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/,
    launch: ({ registryBaseUrl, identifier, version }, own) => [
      ...unlessGiven(own, '-y', '--yes'),
      ...(registryBaseUrl === undefined ? [] : [fixed(`--registry=${registryBaseUrl}`)]),
      ...own,
      fixed(withVersion(identifier, '@', version)),
    ],
  },
  {
    command: 'uvx',
    registryType: 'pypi',
    identifier: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    launch: ({ registryBaseUrl, identifier, version }, own) => [
      ...(registryBaseUrl === undefined ? [] : [fixed(`--default-index=${toIndex(registryBaseUrl)}`)]),
      ...own,
      fixed(withVersion(identifier, '@', version)),
    ],
  },
  {
    command: 'docker',
    registryType: 'oci',
    identifier: /^[a-z0-9][a-z0-9._:/@-]*$/i,
    launch: ({ registryBaseUrl, identifier, version }, own) => [
      fixed('run'),
      ...unlessGiven(own, '-i', '--interactive'),
      ...unlessGiven(own, '--rm'),
      ...own.filter((argument) => spellingOf(argument) !== 'run'),
      { kind: 'environment', flag: '-e' },
      fixed(withVersion(withHost(identifier, registryBaseUrl), ':', version)),
    ],
  },
]

/**
 * Who can run a package over stdio, if anyone here can: npx, uvx or docker by its registry, unless the package asks for another
 * program or for a digest that those would not check.
 */
export function runtimeOf(serverPackage: Package): Runtime | undefined {
  const { registryType, runtimeHint, identifier, transport, version = '0', fileSha256 } = serverPackage
  const isVersion = /^[A-Za-z0-9][\w.+!-]*$/.test(version)
  if (transport.type !== 'stdio' || fileSha256 !== undefined || !isVersion) return undefined
  return runtimes.find(
    (runtime) =>
      runtime.registryType === registryType &&
      (runtimeHint ?? runtime.command) === runtime.command &&
      runtime.identifier.test(identifier),
  )
}

function fixed(value: string): ArgumentTemplate {
  return { kind: 'value', flag: null, value, repeated: false }
}

/** The first spelling of an argument, unless the package brings it in some spelling. */
function unlessGiven(
  own: readonly ArgumentTemplate[],
  spelling: string,
  ...others: readonly string[]
): ArgumentTemplate[] {
  const spellings = [spelling, ...others]
  return own.some((argument) => spellings.includes(spellingOf(argument))) ? [] : [fixed(spelling)]
}

function spellingOf(argument: ArgumentTemplate): string {
  return argument.kind === 'value' ? (argument.flag ?? argument.value) : argument.flag
}

function withVersion(identifier: string, separator: string, version: string | undefined): string {
  return version === undefined ? identifier : `${identifier}${separator}${version}`
}

/** A registry of Python packages serves its index at /simple (PEP 503) unless its URL already names a path. */
function toIndex(registryBaseUrl: string): string {
  const url = new URL(registryBaseUrl)
  return url.pathname === '/' ? new URL('/simple', url).href : url.href
}

/** Images name their registry's host in front; older files give it apart. */
function withHost(identifier: string, registryBaseUrl: string | undefined): string {
  const host = registryBaseUrl === undefined ? '' : `${new URL(registryBaseUrl).host}/`
  return identifier.startsWith(host) ? identifier : `${host}${identifier}`
}
