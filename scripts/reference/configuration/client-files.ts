import { type Client, clients } from '../../../src/clients/client.ts'
import type { Platform } from '../../../src/clients/client-table.ts'
import { code, table } from '../markdown.ts'

const platforms: Readonly<Record<Platform, string>> = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' }
const platformIds = Object.keys(platforms) as readonly Platform[]

/** Where each client has its file. */
export function toClientFiles(): readonly string[] {
  return [
    "## Clients' files",
    'Where a deploy looks for the file of each client, in this order: a file that is there wins. A variable of the system (`$XDG_CONFIG_HOME`, `%APPDATA%`, `%LOCALAPPDATA%`) has its usual default; a variable of the client, if it is set, leaves only the paths that begin with it. [How a deploy keeps your file safe](../explanation/deploys.md).',
    table(
      ['client', 'name', 'speaks', 'files'],
      clients.map((client) => [
        code(client.clientId),
        client.displayName,
        client.transports.join(', '),
        toPaths(client),
      ]),
    ),
  ]
}

/** Each path once, with the platforms that have it unless all have. */
function toPaths({ configPaths }: Client): string {
  const places = platformIds.flatMap((platform) =>
    (configPaths[platform] ?? []).map((path) => ({ path, platform })),
  )
  return [...Map.groupBy(places, ({ path }) => path)]
    .map(([path, group]) => {
      const names = group.map(({ platform }) => platforms[platform]).join(', ')
      return group.length === platformIds.length ? code(path) : `${code(path)} (${names})`
    })
    .join('<br>')
}
