import { isLoopback } from '../http/address.ts'
import type { ServerSettings } from './settings.ts'

/** What to warn of when other machines can reach a server that speaks no TLS and names no proxy that would. */
export function exposureWarning({ host, trustProxy = false }: Pick<ServerSettings, 'host' | 'trustProxy'>) {
  if (isLoopback(host) || trustProxy !== false) return undefined
  return (
    `Other machines can reach ${host}, and without TLS whoever is between can read tokens. Put a reverse proxy that speaks TLS in ` +
    'front and name it with --trust-proxy, or listen on 127.0.0.1.'
  )
}
