import { isIPv6 } from 'node:net'
import { OrchestrationError } from '../../errors.ts'

/** Counts wrong credentials by the address that they came from, so that guessing is slow and noticed. */
export interface FailedAttempts {
  /** Notes one more; says how many seconds the address should wait once it has failed too often. */
  note(address: string | undefined): number | undefined | Promise<number | undefined>
}

/** Those that are counted in this process. */
export interface CountedAttempts extends FailedAttempts {
  note(address: string | undefined): number | undefined
}

/** How often wrong credentials may come from one address. All are optional. */
export interface FailedAttemptsOptions {
  /** How many wrong credentials from one address are answered as such within the window, from 1 on; default 20. */
  readonly limit?: number
  /** How long a window is, from an address's first failure on, in milliseconds; default 60,000. */
  readonly windowMs?: number
  /** How many addresses are remembered; the one whose window began first is forgotten first. Default 10,000. */
  readonly maxAddresses?: number
}

/**
 * All windows are equally long and a Map keeps its order, so the first entry is always the one that ends first: that is all the
 * bookkeeping that a bound on memory takes.
 */
export function createFailedAttempts(
  options: FailedAttemptsOptions = {},
  /** In milliseconds; never goes back. */
  now: () => number = () => performance.now(),
): CountedAttempts {
  const { limit = 20, windowMs = 60_000, maxAddresses = 10_000 } = options
  for (const [name, value] of Object.entries({ limit, windowMs, maxAddresses }))
    refuseUnlessCount(name, value)
  const windows = new Map<string, Window>()

  function begin(network: string, endsAt: number): Window {
    const [oldest] = windows.keys()
    if (oldest !== undefined && windows.size >= maxAddresses) windows.delete(oldest)
    const window = { endsAt, failures: 0 }
    windows.set(network, window)
    return window
  }

  return {
    note(address) {
      const at = now()
      for (const [network, { endsAt }] of windows) {
        if (endsAt > at) break
        windows.delete(network)
      }
      const network = toNetwork(address ?? '')
      const window = windows.get(network) ?? begin(network, at + windowMs)
      window.failures += 1
      return window.failures > limit ? Math.ceil((window.endsAt - at) / 1000) : undefined
    },
  }
}

/** By the options, by something of the caller's own, or not at all. */
export function toFailedAttempts(given: FailedAttemptsOptions | FailedAttempts | false = {}): FailedAttempts {
  if (given === false) return unlimitedAttempts
  return 'note' in given ? given : createFailedAttempts(given)
}

/** For a server that something else protects from guessing. */
const unlimitedAttempts: FailedAttempts = { note: () => undefined }

function refuseUnlessCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new OrchestrationError(
    'invalid_request',
    `"${name}" of failedAuthentications must be a whole number from 1 on, not ${value}. To set no limit, give false instead.`,
  )
}

interface Window {
  readonly endsAt: number
  failures: number
}

/** An IPv6 caller usually has a whole /64 to itself (RFC 6177), so that counts as one address, and an IPv4 one counts as such. */
export function toNetwork(address: string): string {
  const [, ipv4] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (ipv4 !== undefined) return ipv4
  // A proxy may have put anything there.
  if (!isIPv6(address)) return address.slice(0, 64)
  return toGroups(address).slice(0, 4).join(':')
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2), without the zone. */
function toGroups(address: string): readonly string[] {
  const [head = [], tail] = address
    .replace(/%.*$/, '')
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''))
  const given = tail === undefined ? head : [...head, ...zeros(head, tail), ...tail]
  return given.map((group) => Number.parseInt(group, 16).toString(16))
}

/** What `::` stands for. An IPv4 address at the end takes two groups. */
function zeros(head: readonly string[], tail: readonly string[]): readonly string[] {
  const given = head.length + tail.length + (tail.at(-1)?.includes('.') ? 1 : 0)
  return Array<string>(8 - given).fill('0')
}
