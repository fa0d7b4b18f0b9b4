import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * File systems that only one server sees, in a mount namespace of its own: nothing of this machine's is touched, and the kernel takes
 * them away with the last process in it, however a test ends. Root may make one; others may where the kernel lets them be root in a user
 * namespace.
 */
export interface Namespace {
  /** Starts a program in it: `[...enter, program, ...args]`. The program takes over the process, so its id is the child's. */
  readonly enter: readonly string[]
}

const isRoot = process.getuid?.() === 0
const unshare = ['unshare', ...(isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'])] as const

/** A small disk in the place of a folder. */
export function withSmallDisk(folder: string, megabytes: number): Namespace {
  return within('mount -t tmpfs -o "size=$2m,mode=0700" tmpfs "$1"', folder, String(megabytes))
}

/** Nothing but mounts that can be made later. */
export function withPrivateMounts(): Namespace {
  return within(':', '/')
}

/** A folder that can be read and not written. */
export function withReadOnly(folder: string): Namespace {
  return within(readOnly, folder)
}

/** From now on a folder can't be written, by whatever opens a file in it. Handles that are open already are as they were. */
export async function makeReadOnly(pid: number, folder: string): Promise<void> {
  await inside(pid, readOnly, folder)
}

/** Takes `makeReadOnly` or `withReadOnly` back. */
export async function makeWritable(pid: number, folder: string): Promise<void> {
  await inside(pid, 'mount -o remount,bind,rw "$1"', folder)
}

/** How the processes outside of it get at a file in it. */
export function seenFromOutside(pid: number, path: string): string {
  return `/proc/${pid}/root${path}`
}

const readOnly = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"'

/** `script` has the folder as `$1` and the rest as `$2`; where it fails, the program isn't started. */
function within(script: string, folder: string, more = ''): Namespace {
  insistOnNamespaces()
  return { enter: [...unshare, 'sh', '-ec', `${script}; shift 2; exec "$@"`, 'sh', folder, more] }
}

async function inside(pid: number, script: string, folder: string): Promise<void> {
  const user = isRoot ? [] : ['--user', '--preserve-credentials']
  const args = ['--target', String(pid), '--mount', ...user, 'sh', '-ec', script, 'sh', folder]
  await promisify(execFile)('nsenter', args)
}

/** A test that can't be run has not passed: it says what is missing. */
function insistOnNamespaces(): void {
  const [program, ...args] = unshare
  const { status, stderr, error } = spawnSync(program, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], {
    encoding: 'utf8',
  })
  if (status === 0) return
  const reason = error?.message ?? stderr.trim()
  throw new Error(
    `This test fills a disk of its own, for which it needs Linux with unshare, nsenter and mount (util-linux), and the right to mount: be root with CAP_SYS_ADMIN, or allow unprivileged user namespaces. Here it said: ${reason}`,
  )
}
