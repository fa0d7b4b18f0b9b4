import type { CatalogueServer } from '../../src/servers/catalogue-server.ts'
import type { Package, Remote, ServerJson } from '../../src/servers/server-json.ts'
import { toCatalogueServer } from '../../src/servers/to-catalogue-server.ts'

export function serverJson(fields: Partial<ServerJson>): ServerJson {
  return { name: 'org.example/weather', description: 'Tells the weather', version: '1.0.0', ...fields }
}

export function npmPackage(fields: Partial<Package> = {}): Package {
  return { registryType: 'npm', identifier: 'weather-mcp', transport: { type: 'stdio' }, ...fields }
}

export function remote(fields: Partial<Remote> = {}): Remote {
  return { type: 'streamable-http', url: 'https://weather.example.org/mcp', ...fields }
}

export function toServer(json: ServerJson): CatalogueServer {
  const converted = toCatalogueServer('weather', json)
  if (!converted.ok) throw new Error(converted.reason)
  return converted.server
}

/** A server that is run by npx with the package's fields. */
export function localServer(fields: Partial<Package> = {}): CatalogueServer {
  return toServer(serverJson({ packages: [npmPackage(fields)] }))
}

export function remoteServer(fields: Partial<Remote> = {}): CatalogueServer {
  return toServer(serverJson({ remotes: [remote(fields)] }))
}
