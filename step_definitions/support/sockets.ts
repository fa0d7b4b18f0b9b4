import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { platform } from 'node:process'
import { promisify } from 'node:util'

/**
 * The sockets on which a process listens, as `address:port`, seen from outside it: through /proc on Linux, through lsof elsewhere.
 * Where neither can be read it fails, for an empty list would be a lie.
 */
export async function listeningSockets(pid: number): Promise<readonly string[]> {
  return (await listening(pid)).map(({ address }) => address).toSorted()
}

/** The same by the system's own names of them: a socket that was closed and opened again has another. */
export async function listeningSocketIds(pid: number): Promise<readonly string[]> {
  return (await listening(pid)).map(({ id }) => id).toSorted()
}

function listening(pid: number): Promise<readonly ListeningSocket[]> {
  return platform === 'linux' ? listeningByProc(pid) : listeningByLsof(pid)
}

// State 0A is TCP_LISTEN; an unconnected UDP socket that receives is in state 07 (Linux, include/net/tcp_states.h).
const tables = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' }

interface ListeningSocket {
  readonly address: string
  readonly id: string
}

async function listeningByProc(pid: number): Promise<readonly ListeningSocket[]> {
  const own = await socketInodes(pid)
  const found = await Promise.all(
    Object.entries(tables).map(async ([table, state]) =>
      (await readFile(`/proc/${pid}/net/${table}`, 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.trim().split(/\s+/))
        .filter((columns) => columns[3] === state && own.has(columns[9] ?? ''))
        .map((columns) => ({ address: toAddress(columns[1] ?? ''), id: columns[9] ?? '' })),
    ),
  )
  return found.flat()
}

async function socketInodes(pid: number): Promise<ReadonlySet<string>> {
  const descriptors = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  )
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []))
}

/** `0100007F:1F40` is 127.0.0.1:8000: the kernel prints the address in host byte order, which is little-endian wherever Node runs. */
function toAddress(column: string): string {
  const [address = '', port = ''] = column.split(':')
  const words = address.match(/.{8}/g) ?? []
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].toReversed())
  const text = bytes.length === 4 ? bytes.join('.') : `[${Buffer.from(bytes).toString('hex')}]`
  return `${text}:${Number.parseInt(port, 16)}`
}

async function listeningByLsof(pid: number): Promise<readonly ListeningSocket[]> {
  const own = await lsof(pid, ['-d', 'cwd'])
  if (!own.includes(`p${pid}`))
    throw new Error(`lsof shows nothing of the process ${pid}, so its sockets can't be seen.`)
  const [tcp, udp] = await Promise.all([lsof(pid, ['-iTCP', '-sTCP:LISTEN']), lsof(pid, ['-iUDP'])])
  // For each file its device, which is the socket's address in the kernel, then its name.
  const found = `${tcp}\n${udp}`.matchAll(/^d(.*)\nn(.*)$/gm)
  return [...found].map(([, id = '', address = '']) => ({ address, id }))
}

/** lsof exits with 1 when nothing matches; its output is what counts. A lsof that is missing is an error. */
async function lsof(pid: number, selection: readonly string[]): Promise<string> {
  const args = ['-nP', '-a', '-p', String(pid), ...selection, '-Fdn']
  return promisify(execFile)('lsof', args).then(
    ({ stdout }) => stdout,
    (error: { code?: unknown; stdout?: string }) => {
      if (error.code === 1) return error.stdout ?? ''
      throw error
    },
  )
}

/** A port of 127.0.0.1 that was free a moment ago, below those that systems hand out to connections in the meantime. */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000)
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return port
}

/** The addresses of this machine's interfaces, but for the one given. Linux answers on the whole of 127.0.0.0/8. */
export function otherAddresses(address: string): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map((each) => (each.scopeid ? `${each.address}%${each.scopeid}` : each.address))
  return [...own, ...(platform === 'linux' ? ['127.0.0.2'] : [])].filter((each) => each !== address)
}

/** How a connection is received: `accepted`, or the system's code for why not. */
export async function knock(host: string, port: number): Promise<string> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return 'accepted'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
  }
}
