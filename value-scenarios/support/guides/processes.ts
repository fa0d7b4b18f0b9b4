import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { platform } from 'node:process'
import { promisify } from 'node:util'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** Known on Linux only. */
  readonly session?: number
}

/** The processes of a group: a job of a shell with all that it has started. */
export async function groupMembers(group: number): Promise<readonly number[]> {
  return (await processes()).filter((each) => each.group === group).map(({ pid }) => pid)
}

/**
 * The groups of a shell that leads a session, of all that descends from it, and of what is left of its jobs: the number of a job that is
 * gone may be somebody else's by now, whose session is another.
 */
export async function groupsOf(shell: number, jobs: ReadonlySet<number>): Promise<readonly number[]> {
  const all = await processes()
  const family = familyOf(shell, all)
  const own = all.filter(
    ({ pid, group, session = shell }) => family.has(pid) || (jobs.has(group) && session === shell),
  )
  return [...new Set(own.map(({ group }) => group))]
}

/** A child may be listed before its parent, so as many rounds as bring somebody new. */
function familyOf(ancestor: number, all: readonly Process[]): ReadonlySet<number> {
  const family = new Set([ancestor])
  for (let size = 0; size < family.size; ) {
    size = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return family
}

/** Whether one of the processes listens for TCP connections, or has one. */
export function hasConnection(pids: readonly number[]): Promise<boolean> {
  return isAnyIn(['LISTEN', 'ESTABLISHED'], pids)
}

export function isListening(pid: number): Promise<boolean> {
  return isAnyIn(['LISTEN'], [pid])
}

// Linux, include/net/tcp_states.h.
const states = { ESTABLISHED: '01', LISTEN: '0A' }
type State = keyof typeof states

async function isAnyIn(wanted: readonly State[], pids: readonly number[]): Promise<boolean> {
  const look = platform === 'linux' ? isInByProc : isInByLsof
  const found = await Promise.all(pids.map((pid) => look(wanted, pid)))
  return found.includes(true)
}

/** Through /proc on Linux, where a small system has no ps; through ps elsewhere. */
async function processes(): Promise<readonly Process[]> {
  if (platform !== 'linux') return processesByPs()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return found.flatMap((stat) => {
    // The name in brackets may hold anything; a zombie (Z) has ended already. See proc_pid_stat(5).
    const [, state, ...ids] = /^(\d+) \(.*\) (\S) (\d+) (\d+) (\d+)/s.exec(stat)?.slice(1) ?? []
    const [parent, group, session] = ids.map(Number)
    if (state === undefined || state === 'Z' || parent === undefined || group === undefined) return []
    return [{ pid: Number.parseInt(stat, 10), parent, group, ...(session !== undefined && { session }) }]
  })
}

async function processesByPs(): Promise<readonly Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='])
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/)
    return pid === undefined || state === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group) }]
  })
}

async function isInByProc(wanted: readonly State[], pid: number): Promise<boolean> {
  const codes = wanted.map((state) => states[state])
  const folder = `/proc/${pid}`
  const descriptors = await readdir(`${folder}/fd`).catch(() => [])
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`${folder}/fd/${descriptor}`).catch(() => '')),
  )
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`${folder}/net/${table}`, 'utf8').catch(() => '')),
  )
  return tables
    .flatMap((table) => table.split('\n'))
    .map((row) => row.trim().split(/\s+/))
    .some(
      ([, , , state = '', , , , , , inode]) => codes.includes(state) && targets.includes(`socket:[${inode}]`),
    )
}

/** lsof exits with 1 when nothing matches; its output is what counts. */
async function isInByLsof(wanted: readonly State[], pid: number): Promise<boolean> {
  const args = ['-nP', '-a', '-p', `${pid}`, '-iTCP', `-sTCP:${wanted.join(',')}`, '-t']
  return promisify(execFile)('lsof', args).then(
    ({ stdout }) => stdout !== '',
    (error: { readonly code?: unknown }) => {
      if (error.code === 1) return false
      throw error
    },
  )
}
