import type { ServerSettings } from '../../../src/cli/settings.ts'
import type { HttpTransportOptions, ListenOptions, OrchestratorOptions } from '../../../src/index.ts'

/** What a setting of the commands is called in a program of one's own. */
export type LibraryOption =
  | { readonly of: 'OrchestratorOptions'; readonly name: keyof OrchestratorOptions }
  | { readonly of: 'HttpTransportOptions'; readonly name: keyof HttpTransportOptions }
  | { readonly of: 'ListenOptions'; readonly name: keyof ListenOptions }

export const libraryOptions = {
  home: { of: 'OrchestratorOptions', name: 'home' },
  store: { of: 'OrchestratorOptions', name: 'store' },
  logLevel: { of: 'HttpTransportOptions', name: 'logger' },
  host: { of: 'ListenOptions', name: 'host' },
  port: { of: 'ListenOptions', name: 'port' },
  trustProxy: { of: 'HttpTransportOptions', name: 'trustProxy' },
  corsOrigins: { of: 'HttpTransportOptions', name: 'cors' },
  allowedHosts: { of: 'HttpTransportOptions', name: 'allowedHosts' },
  allowedOrigins: { of: 'HttpTransportOptions', name: 'allowedOrigins' },
  failedAuthLimit: { of: 'HttpTransportOptions', name: 'failedAuthentications' },
  maxDelay: { of: 'HttpTransportOptions', name: 'overload' },
  // A program starts its processes itself.
  workers: undefined,
} as const satisfies Record<keyof ServerSettings, LibraryOption | undefined>

export const apiKeyOption: LibraryOption = { of: 'HttpTransportOptions', name: 'apiKey' }
