import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../step_definitions/support/sockets.ts'
import { toPassedOn } from '../../test/support/passed-on.ts'

/** The ports that guides speak of. On the stage each is a free one. */
export const wellKnownPorts = [80, 443, 3000, 5173, 5678, 8000, 8080, 8443, 9000] as const
export type WellKnownPort = (typeof wellKnownPorts)[number]

/** The folders of a machine that guides speak of. On the stage they stand below its root. */
const places = ['etc', 'home', 'opt', 'srv', 'tmp', 'usr/local', 'var']

/** A machine of a guide's own: folders, ports, a person's home, the product's commands. */
export interface Stage {
  /** What stands for `/`. */
  readonly root: string
  /** The person's, `/home/priya`. */
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** The free port that stands for a well-known one. */
  port(wellKnown: WellKnownPort): number
  /** The real place of a path of the guide. */
  at(path: string): string
  /** A text of the guide with the stage's ports and folders. */
  toStage(text: string): string
  /** What came on the stage, in the guide's words. */
  fromStage(text: string): string
  remove(): Promise<void>
}

export const repository = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '')
/** Another process's environment must not reach the product, so it is read before anybody changes it. */
const machine = { ...process.env }

export async function createStage(person: string): Promise<Stage> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'mcp-orchestration-guide-')))
  const ports = await freePorts()
  const name = person.toLowerCase()
  const home = join(root, 'home', name)
  await mkdir(home, { recursive: true })
  await mkdir(join(root, 'tmp'))
  await addCommands(join(root, 'bin'))
  await addLibraries(root)
  const port = (wellKnown: WellKnownPort) => ports.get(wellKnown) ?? 0
  return {
    root,
    home,
    env: toEnvironment({ root, home, name, port: port(8000) }),
    port,
    at: (path) => (path.startsWith('/') ? join(root, path) : join(home, path)),
    toStage: (text) => replacePorts(replacePlaces(text, root), ports),
    fromStage: (text) => restorePorts(text.replaceAll(root, ''), ports),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
}

/** One for each well-known port, none twice. */
async function freePorts(): Promise<ReadonlyMap<number, number>> {
  const free = new Set<number>()
  while (free.size < wellKnownPorts.length) free.add(await freePort())
  return new Map(Array.from(free, (port, index) => [wellKnownPorts[index] ?? 0, port]))
}

/** The product's commands as an installation would have them, on the source. */
async function addCommands(folder: string): Promise<void> {
  await mkdir(folder)
  const { bin } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>
  }
  for (const [command, built] of Object.entries(bin)) {
    const source = join(repository, built.replace('dist', 'src').replace(/\.js$/, '.ts'))
    await writeFile(join(folder, command), `#!/bin/sh\nexec "${execPath}" "${source}" "$@"\n`)
    await chmod(join(folder, command), 0o755)
  }
}

/** What a guide's programs may import: the product, and what a host of its MCP server has beside it. */
async function addLibraries(root: string): Promise<void> {
  const modules = join(root, 'node_modules')
  const server = join('@modelcontextprotocol', 'server')
  await mkdir(join(modules, dirname(server)), { recursive: true })
  await symlink(repository, join(modules, 'mcp-orchestration'), 'junction')
  await symlink(join(repository, 'node_modules', server), join(modules, server), 'junction')
}

interface Person {
  readonly root: string
  readonly home: string
  readonly name: string
  readonly port: number
}

/** Nothing of this machine's environment gets in, but for what Node and the coverage measurement need. */
function toEnvironment({ root, home, name, port }: Person): Record<string, string> {
  const { PATH = '' } = machine
  return {
    HOME: home,
    USER: name,
    LOGNAME: name,
    TMPDIR: join(root, 'tmp'),
    PATH: [join(root, 'bin'), dirname(execPath), PATH].join(delimiter),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // The product's own default is 8000, which may be taken.
    MCP_ORCHESTRATION_PORT: `${port}`,
    NODE_OPTIONS: '--conditions=mcp-orchestration-source',
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    ...toPassedOn(machine),
  }
}

/** Where a path begins: not within another path, a URL or behind a variable. */
function replacePlaces(text: string, root: string): string {
  const place = new RegExp(`(?<![\\w.~}/-])/(?:${places.join('|')})(?=[/\\s'"\`;:,)]|$)`, 'gm')
  return text.replace(place, (path) => root + path)
}

/** Behind a host's colon, `--port`, `PORT=` or nginx's `listen`: 80 servers are no port. */
const portBefore = String.raw`(?<=(?:^|[^"'\d]|\d\.\d+):|\bport["']?[ =:]{1,3}|PORT=|\blisten[ (]+)`

function replacePorts(text: string, ports: ReadonlyMap<number, number>): string {
  const port = new RegExp(`${portBefore}\\d{2,5}(?![\\w-]|\\.\\d)`, 'gm')
  return text.replace(port, (digits) => String(ports.get(Number(digits)) ?? digits))
}

/** Free ports are such odd numbers that they are known anywhere. */
function restorePorts(text: string, ports: ReadonlyMap<number, number>): string {
  const wellKnown = new Map([...ports].map(([port, free]) => [free, port]))
  return text.replace(/(?<![\w.-])\d{5}(?![\w-]|\.\d)/g, (digits) =>
    String(wellKnown.get(Number(digits)) ?? digits),
  )
}
