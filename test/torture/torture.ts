import { rmSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createCaller } from './caller.ts'
import { createDice, type Dice } from './dice.ts'
import { age, leftovers, makeFolders, prepareGround } from './ground.ts'
import { inspect } from './inspection.ts'
import { invariants } from './invariants.ts'
import { clientIds, createJournal, refs, secretVariable, theKey } from './journal.ts'
import { createWire, drawMoment, killAt, type Moment, type MomentKind, type Wire } from './moments.ts'
import type { Stage } from './scene.ts'
import { killStarting, type Served, serve } from './served.ts'
import { type Tally, work } from './work.ts'

export interface TortureOptions {
  readonly kills: number
  readonly workers: number
  readonly seed: number
  /**
   * After so many kills the server gets an empty home, so that what is to be looked at stays small. In every second one there is another
   * server on the same home, which lives on. Default 20.
   */
  readonly killsPerHome?: number
  /** Told after each kill. */
  readonly onKill?: (kill: Kill) => void
}

export interface Kill {
  readonly number: number
  readonly moment: Moment
  /** Whether the moment came, or the server was killed because it didn't for so long. */
  readonly came: boolean
  readonly failures: readonly string[]
}

export interface Report {
  readonly seed: number
  readonly kills: number
  readonly killsByMoment: ReadonlyMap<MomentKind, number>
  /** Beside these, of a server that had only just begun to start. */
  readonly killsWhileStarting: number
  readonly acknowledged: number
  readonly refused: number
  readonly inDoubt: number
  /** How often an invariant was checked. */
  readonly checks: number
  readonly failures: readonly string[]
  /** From the start of the command until it was ready, after each kill. */
  readonly readyAfterMs: readonly number[]
}

/** What is gathered over all homes. */
interface Run extends TortureOptions {
  readonly dice: Dice
  readonly tally: Tally
  readonly unique: () => string
  readonly wire: Wire
  readonly kept: { homes: number; checks: number; kills: number; killsWhileStarting: number }
  readonly failures: string[]
  readonly readyAfterMs: number[]
  readonly killsByMoment: Map<MomentKind, number>
}

/** Kills the server again and again under its workers, and looks each time whether all is there that must be. */
export async function torture(options: TortureOptions): Promise<Report> {
  const { seed, kills, killsPerHome = 20 } = options
  let serial = 0
  const run: Run = {
    ...options,
    dice: createDice(seed),
    tally: { acknowledged: 0, refused: 0, inDoubt: 0, unexpected: [] },
    unique: () => `${seed}-${++serial}`,
    wire: createWire(),
    kept: { homes: 0, checks: 0, kills: 0, killsWhileStarting: 0 },
    failures: [],
    readyAfterMs: [],
    killsByMoment: new Map(),
  }
  while (run.kept.kills < kills) await tortureHome(run, Math.min(killsPerHome, kills - run.kept.kills))
  const { acknowledged, refused, inDoubt } = run.tally
  const { failures, readyAfterMs, killsByMoment } = run
  return {
    seed,
    kills,
    killsByMoment,
    killsWhileStarting: run.kept.killsWhileStarting,
    ...{ acknowledged, refused, inDoubt },
    checks: run.kept.checks,
    failures,
    readyAfterMs,
  }
}

async function tortureHome(run: Run, kills: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-torture-'))
  await using atEnd = new AsyncDisposableStack()
  const removeNow = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeNow)
  atEnd.defer(async () => {
    process.off('exit', removeNow)
    await rm(folder, { recursive: true, force: true })
  })
  const { home, user, files } = await prepareGround(folder)
  let served = await serve({ home, user })
  atEnd.defer(() => served.kill())
  const stage = { home, user, files, folders: await makeFolders(home, files), journal: createJournal() }
  await initializeKeys(stage, served)
  const company = run.kept.homes % 2 === 1 ? await serve({ home, user }) : undefined
  atEnd.defer(async () => company?.kill())
  run.kept.homes += 1
  for (let count = 0; count < kills; count += 1) served = await oneKill(run, stage, served, company)
  for (const failure of await windUp(run, stage, served)) run.failures.push(`at the end: ${failure}`)
}

async function initializeKeys({ journal }: Stage, { url }: Served): Promise<void> {
  const made = journal.signingKey.announce(theKey, undefined)
  const { body } = await createCaller(url)('POST', '/v1/keys/initialize', {})
  made.acknowledge(String(body.signing_key_id))
}

async function oneKill(run: Run, stage: Stage, served: Served, company: Served | undefined): Promise<Served> {
  const { dice, kept } = run
  const moment = drawMoment(dice, [stage.folders[0] ?? stage.home, ...stage.folders.slice(1)])
  const came = await workUntilKilled(run, stage, served, company, moment)
  if (dice.percent(20)) {
    await killStarting(stage, dice.below(longestStartMs))
    kept.killsWhileStarting += 1
  }
  const next = await serve(stage)
  run.readyAfterMs.push(next.readyAfterMs)
  kept.kills += 1
  run.killsByMoment.set(moment.kind, (run.killsByMoment.get(moment.kind) ?? 0) + 1)
  const failures = [...run.tally.unexpected.splice(0), ...(await inspect(stage))]
  kept.checks += invariants.length
  for (const failure of failures) run.failures.push(`after kill ${kept.kills}: ${failure}`)
  await age(await leftovers(stage.folders))
  run.onKill?.({ number: kept.kills, moment, came, failures })
  return next
}

/** About as long as a start takes. */
const longestStartMs = 800

async function workUntilKilled(
  run: Run,
  { journal }: Stage,
  served: Served,
  company: Served | undefined,
  moment: Moment,
): Promise<boolean> {
  const { dice, tally, unique, wire } = run
  const calls = [served, ...(company ? [company] : [])].map(({ url }) => createCaller(url, wire.sent))
  let isOver = false
  const kill = () => {
    isOver = true
    served.child.kill('SIGKILL')
  }
  const working = Array.from({ length: run.workers }, (_, index) => {
    const call = calls[index % calls.length] ?? createCaller(served.url)
    return work({ call, journal, tally, unique, dice: dice.fork() }, () => isOver)
  })
  const came = await killAt(moment, wire, kill)
  await Promise.all([served.kill(), ...working])
  return came
}

/** Takes everything back that was deployed: then every file is as its user wrote it, and nothing that was left half done is there. */
async function windUp(run: Run, stage: Stage, { url }: Served): Promise<readonly string[]> {
  const call = createCaller(url)
  const failures: string[] = []
  const insist = async (method: string, where: string, body?: object) => {
    const answer = await call(method, where, body)
    if (answer.status !== 200) failures.push(`${method} ${where}: ${JSON.stringify(answer.body)}`)
  }
  for (const ref of refs) {
    const secret = `secret-${run.unique()}`
    const env_vars = { [secretVariable]: secret, GITHUB_HOST: `https://${run.unique()}.example.com` }
    await insist('DELETE', `/v1/config/${ref}/draft`)
    await insist('POST', `/v1/config/${ref}/draft/add`, {
      server_id: 'github',
      server_name: 'last',
      env_vars,
    })
    await insist('POST', `/v1/config/${ref}/publish`, { changelog: `Last ${run.unique()}` })
    await insist('POST', `/v1/config/${ref}/deploy`, {})
    await insist('DELETE', `/v1/config/${ref}/draft`)
    await insist('POST', `/v1/config/${ref}/publish`, { changelog: `Withdrawn ${run.unique()}` })
  }
  for (const clientId of clientIds) await insist('POST', `/v1/config/${clientId}/default/deploy`, {})
  await insist('POST', '/v1/keys/initialize', { regenerate: true })
  for (const { path: file, text } of stage.files)
    if ((await readFile(file, 'utf8')) !== text) failures.push(`${file} is not as its user wrote it`)
  for (const file of await leftovers(stage.folders)) failures.push(`${file} is left over`)
  return failures
}
