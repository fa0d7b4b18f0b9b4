import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Given, Then, When } from '@cucumber/cucumber'
import { eventually } from '../../test/support/eventually.ts'
import { programPath } from '../../test/support/programs.ts'
import { startBackup } from '../support/deployment/backup.ts'
import {
  addClone,
  addName,
  addSudoAndNpm,
  expectInstallation,
  takeFiles,
} from '../support/deployment/installation.ts'
import { actsOf, backups, createMachine, settingsFile, systemUnit } from '../support/deployment/machine.ts'
import { sites } from '../support/deployment/site.ts'
import {
  isSeenAs,
  readTroubleTable,
  runIntoTroubles,
  type TroubleRow,
} from '../support/deployment/troubles.ts'
import { parseUnit, type Service, settingOf, startUnit } from '../support/deployment/unit.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import { repository } from '../support/stage.ts'
import type { World } from '../support/world.ts'

/** What a tool of systemd said of a unit. */
interface Finding {
  readonly exitCode: number
  readonly text: string
}

const findings = createKept<Finding>('a finding of systemd')
const troubles = createKept<{ readonly rows: readonly TroubleRow[]; readonly seen: readonly string[] }>(
  'a table of troubles',
)
const started = createKept<Service>('a service')

Given<World>(
  'a machine that does what systemd and the proxies are told, with a clone of the repository',
  async function () {
    const { stage } = this
    const machine = createMachine(stage)
    this.stops.push(machine.stopAll)
    await addClone(stage)
    await addSudoAndNpm(stage)
    await expectInstallation(stage)
    await addName(stage)
    this.acts.push(...actsOf(machine, stage))
  },
)

Given<World>('{person} has installed what {string} writes', async function (person: Person, path: string) {
  await takeFiles(this, person, path)
})

Given<World>('the settings of the service say {string}', async function (line: string) {
  const { place } = await this.guideRun.fileAt(settingsFile)
  await appendFile(place, `${line}\n`)
})

When<World>('systemd checks {string}', async function (unit: string) {
  const { path, place } = await this.guideRun.fileAt(unit)
  const scope = path.startsWith('/') ? '--system' : '--user'
  findings.keep(this, await analyze(['verify', '--man=no', scope, place], this.stage.env))
})

When<World>('systemd rates what {string} may do', async function (unit: string) {
  const { place } = await this.guideRun.fileAt(unit)
  findings.keep(this, await analyze(['security', '--offline=true', '--no-pager', place], this.stage.env))
})

When<World>('systemd starts the service', async function () {
  const service = await startUnit((await this.guideRun.fileAt(systemUnit)).text, this.stage)
  this.stops.push(() => service.stop())
  started.keep(this, service)
})

When<World>('the store of the service is gone', async function () {
  const { home } = sites.of(this)
  await rename(home, `${home}.aside`)
  await writeFile(home, '')
})

When<World>('{person} runs into the troubles of {string}', async function (_person: Person, path: string) {
  const rows = readTroubleTable(await readFile(join(repository, path), 'utf8'))
  troubles.keep(this, { rows, seen: await runIntoTroubles(sites.of(this), this.stage) })
})

When<World>('cron starts the backup', async function () {
  findings.keep(this, await startBackup(this))
})

Then<World>('it ends with {int}', function (exitCode: number) {
  assert.equal(findings.of(this).exitCode, exitCode, findings.of(this).text)
})

Then<World>('there is one copy, with the store in it', async function () {
  const [copy = '', ...others] = await copiesOn(this)
  assert.deepEqual(others, [])
  assert.ok((await readdir(copy)).includes('store.sqlite'), copy)
})

Then<World>('there is no copy', async function () {
  assert.deepEqual(await copiesOn(this), [])
})

Then<World>('{string} answers {int} {string}', async function (path: string, status: number, body: string) {
  // For half a second /ready tells whoever asks the same.
  await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${this.stage.port(8000)}${path}`)
    assert.deepEqual([response.status, (await response.text()).includes(body)], [status, true])
  })
})

Then<World>('each row of the table is what is seen then', function () {
  const { rows, seen } = troubles.of(this)
  const missed = rows.filter((row) => !seen.some((text) => isSeenAs(row, text)))
  assert.deepEqual(missed, [], seen.join('\n'))
})

Then<World>('nothing is seen that has no row', function () {
  const { rows, seen } = troubles.of(this)
  assert.deepEqual(
    seen.filter((text) => !rows.some((row) => isSeenAs(row, text))),
    [],
  )
})

Then<World>('it finds no error and gives no warning', function () {
  assert.deepEqual(findings.of(this), { exitCode: 0, text: '' })
})

Then<World>('its exposure is {float} of 10 at the most', function (most: number) {
  const { text } = findings.of(this)
  const [, exposure] = /Overall exposure level for .*: ([\d.]+) /.exec(text) ?? []
  assert.ok(exposure !== undefined && Number(exposure) <= most, text)
})

Then<World>('it ends with an exit code after which the unit is not started again', async function () {
  const { ended, log } = started.of(this)
  const unit = parseUnit((await this.guideRun.fileAt(systemUnit)).text)
  assert.equal(String(await ended), settingOf(unit, 'RestartPreventExitStatus'), log())
})

Then<World>('its log says {string}', function (text: string) {
  assert.ok(started.of(this).log().includes(text), started.of(this).log())
})

/** As the guide finds them: by names that end with the time. */
async function copiesOn({ stage }: World): Promise<readonly string[]> {
  const folder = stage.at(backups)
  return (await readdir(folder)).filter((name) => name.endsWith('Z')).map((name) => join(folder, name))
}

/** Warnings go to stderr, and don't change the exit code. */
async function analyze(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Finding> {
  const file = await programPath('systemd-analyze')
  try {
    // The manager of a user's units wants one, and only reads it here.
    const options = { env: { ...env, XDG_RUNTIME_DIR: env.TMPDIR } }
    const { stdout, stderr } = await promisify(execFile)(file, args, options)
    return { exitCode: 0, text: `${stdout}${stderr}` }
  } catch (error) {
    const { code, stdout, stderr } = error as Finding & Record<'code' | 'stdout' | 'stderr', unknown>
    return { exitCode: Number(code), text: `${stdout}${stderr}` }
  }
}
