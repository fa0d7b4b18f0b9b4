import { stat } from 'node:fs/promises'
import { type Client, clients } from '../clients/client.ts'
import { errorCode } from '../private-file.ts'
import { type ObservationOptions, observe } from './observation.ts'

export interface FileWatchOptions extends ObservationOptions {
  readonly locate: (client: Client) => Promise<string>
  readonly fileWatchIntervalMs?: number
}

/**
 * Answers the function that begins to watch the deployed files, at most one for each client, and answers the one that stops. However
 * many watch, a file is looked at once a round, and it is read only when it has changed; while nobody watches, nothing runs.
 */
export function createFileWatch(options: FileWatchOptions): () => () => void {
  const { fileWatchIntervalMs: intervalMs = 1_000 } = options
  const watchers = new Set<symbol>()
  let stop = () => {}

  return () => {
    const watcher = Symbol('watcher')
    watchers.add(watcher)
    if (watchers.size === 1) stop = beginRounds(() => lookAround(options), intervalMs)
    return () => {
      if (watchers.delete(watcher) && watchers.size === 0) stop()
    }
  }
}

/** The next round begins when the one before has ended. A timer holds no process back. */
function beginRounds(createRound: () => () => Promise<void>, intervalMs: number): () => void {
  const round = createRound()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const go = async () => {
    // A store that doesn't answer is met by whoever uses it; the next round tries again.
    await round().catch(() => undefined)
    if (!stopped) timer = setTimeout(go, intervalMs).unref()
  }
  void go()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

/** One round after another, each of which reads only what has changed since the one before. */
function lookAround(options: FileWatchOptions): () => Promise<void> {
  const seen = new Map<string, string>()
  return async () => {
    const deployed = await options.records.clientIds()
    for (const client of clients.filter(({ clientId }) => deployed.has(clientId)))
      await lookAt(client, options, seen).catch(() => seen.delete(client.clientId))
  }
}

async function lookAt(client: Client, options: FileWatchOptions, seen: Map<string, string>): Promise<void> {
  const configPath = await options.locate(client)
  const { revision } = await options.records.read(client.clientId, configPath)
  // Before the file is read: what changes in between is then noticed by the next round.
  const identity = await identityOf(configPath)
  const now = `${revision} ${configPath} ${identity}`
  if (seen.get(client.clientId) === now) return
  await pause()
  if ((await identityOf(configPath)) !== identity) return
  const observation = await observe(client, configPath, options)
  if (observation?.isRecorded !== false) seen.set(client.clientId, now)
}

/** Many programs empty a file before they write it: one that is being written is left to the next round. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50).unref())
}

async function identityOf(configPath: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(configPath, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    return errorCode(error) ?? 'unknown'
  }
}
