import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../../../test/support/eventually.ts'
import type { Stage } from '../stage.ts'

/** The settings of a unit file by their keys, each with all its values. */
export type Unit = ReadonlyMap<string, readonly string[]>

/** Comments begin a line, see systemd.syntax(7). */
export function parseUnit(text: string): Unit {
  const settings = [...text.matchAll(/^(?![#;])(\w+)=(.*)$/gm)]
  const byKey = Map.groupBy(settings, ([, key = '']) => key)
  return new Map([...byKey].map(([key, found]) => [key, found.map(([, , value = '']) => value)]))
}

/** The last value counts. */
export function settingOf(unit: Unit, key: string): string {
  const value = unit.get(key)?.at(-1)
  if (value === undefined) throw new Error(`The unit has no ${key}.`)
  return value
}

/** A process as systemd would start it, without the walls around it: those take a systemd. */
export interface Service {
  readonly log: () => string
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** As `systemctl stop` does it; answers the exit code, or fails after `TimeoutStopSec`. */
  stop(): Promise<number | null>
}

export async function startUnit(text: string, stage: Stage): Promise<Service> {
  const unit = parseUnit(text)
  await makeStateDirectory(unit, stage)
  const [command = '', ...args] = settingOf(unit, 'ExecStart').split(/\s+/)
  const child = spawn(command, args, {
    cwd: stage.root,
    env: await environmentOf(unit, stage),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await once(child, 'spawn')
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { log: () => log, ended, stop: () => stop(child, ended, stopTimeoutOf(unit)) }
}

/** Resolves when it answers that it is ready; rejects with its log when it doesn't. */
export async function untilReady({ log }: Service, stage: Stage): Promise<void> {
  await eventually(
    async () => {
      const response = await fetch(`http://127.0.0.1:${stage.port(8000)}/ready`).catch(() => undefined)
      if (!response?.ok) throw new Error(`The service is not ready. Its log:\n${log()}`)
    },
    { withinMs: 20_000 },
  )
}

async function stop(
  child: ChildProcess,
  ended: Promise<number | null>,
  timeoutMs: number,
): Promise<number | null> {
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, timeoutMs)
  child.kill('SIGTERM')
  const code = await ended.finally(() => clearTimeout(timer))
  if (isLate) throw new Error(`After ${timeoutMs} ms it still ran, so systemd would have killed it.`)
  return code
}

function stopTimeoutOf(unit: Unit): number {
  return Number(settingOf(unit, 'TimeoutStopSec')) * 1000
}

/** A service of the system finds no home; what `EnvironmentFile` says wins over `Environment`, see systemd.exec(5). */
async function environmentOf(unit: Unit, stage: Stage): Promise<Record<string, string>> {
  const own = (unit.get('Environment') ?? []).map((pair) => pair.replaceAll('%S', stage.at('/var/lib')))
  const files = await Promise.all((unit.get('EnvironmentFile') ?? []).map((file) => readFile(file, 'utf8')))
  const settings = [...own, ...files.flatMap((file) => file.split('\n'))]
  const pairs = settings.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2))
  const home = unit.has('User') ? stage.at('/nonexistent') : stage.home
  return { ...stage.env, HOME: home, ...Object.fromEntries(pairs) }
}

async function makeStateDirectory(unit: Unit, stage: Stage): Promise<void> {
  const mode = Number.parseInt(unit.get('StateDirectoryMode')?.at(-1) ?? '0755', 8)
  for (const name of unit.get('StateDirectory') ?? [])
    await mkdir(join(stage.at('/var/lib'), name), { recursive: true, mode })
}
