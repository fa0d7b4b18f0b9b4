import { BlockList, isIP, isIPv6 } from 'node:net'

/** Whether only this machine can reach a server that is bound to the host. */
export function isLoopback(host: string): boolean {
  const version = isIP(host)
  return version === 0
    ? host === 'localhost' || host.endsWith('.localhost')
    : loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Where this machine reaches a server that is bound to the host. */
export function toBaseUrl(host: string, port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`
}

/** What to warn of when other machines can reach a server that speaks no TLS and names no proxy that would; undefined when all is well. */
export function exposureWarning(host: string, hasProxy: boolean): string | undefined {
  if (isLoopback(host) || hasProxy) return undefined
  return (
    `Other machines can reach ${host}, and without TLS whoever is between can read tokens. Put a reverse proxy that speaks TLS in ` +
    'front and name it (--trust-proxy, trustProxy), or listen on 127.0.0.1.'
  )
}
