import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createFolder } from '../support/folder.ts'
import { missingPrograms, type Places, programPath, programs } from '../support/programs.ts'

/** A machine of its own, on which these programs stand. */
async function machineWith(
  context: TestContext,
  scripts: Readonly<Record<string, string>>,
): Promise<Places & { readonly folder: string; readonly cache: string }> {
  const folder = await createFolder(context)
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(bin, name), 0o755)
  }
  // The tools that the scripts themselves use come after it.
  const env = { PATH: `${bin}:/usr/bin:/bin`, LOG: path.join(folder, 'log') }
  return { folder, cache: path.join(folder, 'cache'), env, systemFolders: [], platform: 'linux' }
}

const aptGet = 'echo "$@" >> "$LOG"; : > caddy.deb'
const dpkg = (program: string) =>
  `mkdir -p "$3/usr/bin"; printf '#!/bin/sh\\n${program}\\n' > "$3/usr/bin/caddy"; chmod +x "$3/usr/bin/caddy"`

describe('A program that the value scenarios need', () => {
  test('is the one on the PATH', async (t) => {
    const machine = await machineWith(t, { caddy: '' })
    assert.equal(await programPath('caddy', machine), path.join(machine.folder, 'bin/caddy'))
  })

  test('is the one in the folders of the system, where the PATH lacks them', async (t) => {
    const machine = await machineWith(t, {})
    const sbin = path.join((await machineWith(t, { nginx: '' })).folder, 'bin')
    assert.equal(await programPath('nginx', { ...machine, systemFolders: [sbin] }), path.join(sbin, 'nginx'))
  })

  test('is else unpacked from its package, once, with nothing left of it', async (t) => {
    const machine = await machineWith(t, { 'apt-get': aptGet, 'dpkg-deb': dpkg('true') })
    const expected = path.join(machine.cache, 'caddy/usr/bin/caddy')
    assert.equal(await programPath('caddy', machine), expected)
    assert.equal(await programPath('caddy', machine), expected)
    assert.equal(await readFile(path.join(machine.folder, 'log'), 'utf8'), '--quiet download caddy\n')
    assert.deepEqual(await readdir(machine.cache), ['caddy'])
    assert.deepEqual(await readdir(path.join(machine.cache, 'caddy')), ['usr'])
  })

  test('is found after an update, where the lists of packages are out of date', async (t) => {
    const stale = `echo "$2" >> "$LOG"; [ "$2" = update ] || grep -q update "$LOG" && : > caddy.deb`
    const machine = await machineWith(t, { 'apt-get': stale, 'dpkg-deb': dpkg('true') })
    await programPath('caddy', machine)
    assert.equal(await readFile(path.join(machine.folder, 'log'), 'utf8'), 'download\nupdate\ndownload\n')
  })

  test('is missing where it can be had nowhere, and the sentence says what to do', async (t) => {
    const machine = await machineWith(t, { 'apt-get': 'echo No route >&2; exit 100' })
    await assert.rejects(programPath('caddy', machine), (error: Error) => {
      assert.ok(
        error.message.startsWith(
          'caddy is not there; the value scenarios run it. Install it, with "apt-get install caddy" for example. ' +
            'Its Debian package could not be unpacked: Command failed: apt-get --quiet update',
        ),
        error.message,
      )
      assert.match(error.message, /No route/)
      return true
    })
    assert.deepEqual(await readdir(machine.cache), [])
  })

  test('is said to be fetched, since that takes its time', async (t) => {
    const { mock } = t.mock.method(console, 'error', () => {})
    const machine = await machineWith(t, { 'apt-get': aptGet, 'dpkg-deb': dpkg('true') })
    await programPath('caddy', machine)
    await programPath('caddy', machine)
    assert.deepEqual(
      mock.calls.map((call) => call.arguments),
      [['Fetching the Debian package of caddy with apt-get, for 120 s at the most …']],
    )
  })

  test('is missing where fetching it takes too long', async (t) => {
    const machine = await machineWith(t, { 'apt-get': 'exec sleep 60' })
    await assert.rejects(
      programPath('caddy', { ...machine, timeoutMs: 200 }),
      /Its Debian package could not be unpacked: it took longer than 0\.2 s\.$/,
    )
  })

  test('is missing where it is unpacked and does not start, until it does', async (t) => {
    const broken = 'echo libx.so is missing >&2; exit 127'
    const machine = await machineWith(t, { 'apt-get': aptGet, 'dpkg-deb': dpkg(broken) })
    await assert.rejects(programPath('caddy', machine), (error: Error) => {
      assert.match(
        error.message,
        /^caddy was unpacked and does not start: Command failed: [\s\S]*libx\.so is missing/,
      )
      assert.match(error.message, /\nInstall it, with "apt-get install caddy" for example\.$/)
      return true
    })
    const unpackedThen = path.join(machine.cache, 'caddy/usr/bin/caddy')
    const mended = await machineWith(t, { 'apt-get': aptGet, 'dpkg-deb': dpkg('true') })
    assert.equal(await programPath('caddy', { ...mended, cache: machine.cache }), unpackedThen)
  })
})

describe('The programs that are missing', () => {
  const none = (machine: Places): Places => ({ ...machine, env: { PATH: '' } })

  test('are told one by one, by their packages', async (t) => {
    const sentences = await missingPrograms(none(await machineWith(t, {})))
    assert.equal(sentences.length, programs.length)
    assert.match(sentences.find((each) => each.startsWith('script')) ?? '', /"apt-get install bsdutils"/)
    assert.match(sentences.at(-1) ?? '', /^systemd-analyze is not there; .*"apt-get install systemd"/)
  })

  test('are told for macOS, where nobody can have systemd', async (t) => {
    const sentences = await missingPrograms({ ...none(await machineWith(t, {})), platform: 'darwin' })
    assert.equal(sentences.length, programs.length - 2)
    assert.match(sentences.join('\n'), /"brew install nginx"/)
    assert.doesNotMatch(sentences.join('\n'), /systemd|script is|Debian/)
  })

  test('are none where they all are there', async (t) => {
    const machine = await machineWith(t, Object.fromEntries(programs.map((program) => [program, ''])))
    assert.deepEqual(await missingPrograms(machine), [])
  })
})
