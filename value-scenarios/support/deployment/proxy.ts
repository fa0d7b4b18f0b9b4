import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { eventually } from '../../../test/support/eventually.ts'
import { programPath } from '../../../test/support/programs.ts'
import type { Stage } from '../stage.ts'

/** What the guide writes for it. */
export const proxyFiles = {
  nginx: '/etc/nginx/conf.d/mcp-orchestration.conf',
  caddy: '/etc/caddy/Caddyfile',
} as const
export type ProxyName = keyof typeof proxyFiles

/** A real one, which runs until it is stopped. */
export interface Proxy {
  stop(): Promise<void>
}

export interface ProxyOptions {
  /** nginx's for all servers of the machine, which the guide's own directives must outdo. */
  readonly defaults?: string
  /** Within this it must listen. Default: 10 s. */
  readonly timeoutMs?: number
}

/** One that doesn't come to listen is ended, and what it said is in the error. */
export async function startProxy(
  name: ProxyName,
  stage: Stage,
  { defaults = '', timeoutMs = 10_000 }: ProxyOptions = {},
): Promise<Proxy> {
  const folder = join(stage.root, name)
  await mkdir(join(folder, 'own'), { recursive: true })
  const args = await prepare[name]({ folder, stage, defaults })
  const child = spawn(await programPath(name), args, {
    cwd: folder,
    env: { ...stage.env, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await once(child, 'spawn')
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = once(child, 'close')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  try {
    await Promise.race([untilListening(stage, timeoutMs), ended.then(refuse)])
  } catch (cause) {
    await stop()
    throw new Error(`${name} does not listen. It says:\n${log}`, { cause })
  }
  return { stop }
}

function refuse(): never {
  throw new Error('It has ended.')
}

interface Place {
  readonly folder: string
  readonly stage: Stage
  readonly defaults: string
}

const prepare = { nginx: prepareNginx, caddy: prepareCaddy }

/** The guide's file as the machine's main file would include it; only this machine may reach what listens on the stage. */
async function prepareNginx({ folder, stage, defaults }: Place): Promise<readonly string[]> {
  const text = await readFile(stage.at(proxyFiles.nginx), 'utf8')
  const onLoopback = text.replace(/^(\s*listen )(?=\d)/gm, '$1127.0.0.1:')
  await writeFile(join(folder, 'own/site.conf'), onLoopback)
  await writeFile(join(folder, 'nginx.conf'), nginxMain(folder, defaults))
  return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']
}

function nginxMain(folder: string, defaults: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const temporary = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')
  // Started by root it would work as somebody who may not look below the stage's root.
  const user = getuid?.() === 0 ? 'user root;\n' : ''
  return `${user}daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
worker_processes 1;
events {}
http {
  access_log off;
  ${temporary}
  ${defaults}
  include ${folder}/own/*.conf;
}
`
}

async function prepareCaddy({ folder, stage }: Place): Promise<readonly string[]> {
  const options = [
    `http_port ${stage.port(80)}`,
    `https_port ${stage.port(443)}`,
    'default_bind 127.0.0.1',
    'admin off',
    `storage file_system ${folder}/own`,
  ]
  const main = `{\n${options.map((option) => `\t${option}\n`).join('')}}\nimport ${stage.at(proxyFiles.caddy)}\n`
  await writeFile(join(folder, 'Caddyfile'), main)
  return ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')]
}

async function untilListening(stage: Stage, withinMs: number): Promise<void> {
  await eventually(() => Promise.all([stage.port(80), stage.port(443)].map(reach)), { withinMs })
}

async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
