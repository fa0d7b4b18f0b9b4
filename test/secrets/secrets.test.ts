import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { createSecrets, secretName } from '../../src/secrets/secrets.ts'
import { createFolder } from '../support/folder.ts'

const name = 'cursor/default/github/TOKEN'
/** printf %s cursor/default/github/TOKEN | sha256sum */
const fileOfName = '883416ed5e0858c6e4944f7a7a8a3ca103be948a4ecb7b28ed99af9802034966.json'

describe('the vault', () => {
  test('a secret is found under its name, every character as it was', async (context) => {
    const secrets = createSecrets({ folder: await createFolder(context) })
    const value = ' ghp_x\n${env:HOME} \u{1f511}\0"\\ '

    await secrets.put(name, value)

    assert.equal(await secrets.get(name), value)
  })

  test('a secret that nobody put is not there, nor is the folder', async (context) => {
    const folder = join(await createFolder(context), 'secrets')

    assert.equal(await createSecrets({ folder }).get(name), undefined)
    await assert.rejects(stat(folder), { code: 'ENOENT' })
  })

  test('putting again replaces the value', async (context) => {
    const secrets = createSecrets({ folder: await createFolder(context) })
    await secrets.put(name, 'old')

    await secrets.put(name, 'new')

    assert.equal(await secrets.get(name), 'new')
  })

  test('a deleted secret is gone, and deleting it again is no trouble', async (context) => {
    const folder = await createFolder(context)
    const secrets = createSecrets({ folder })
    await secrets.put(name, 'value')

    await secrets.delete(name)
    await secrets.delete(name)

    assert.equal(await secrets.get(name), undefined)
    assert.deepEqual(await readdir(folder), [])
  })

  test('it stands in a file of its own, named by the digest of its name, that only the owner can read', async (context) => {
    const folder = join(await createFolder(context), 'home', 'secrets')

    await createSecrets({ folder }).put(name, 'value')

    assert.deepEqual(await readdir(folder), [fileOfName])
    assert.deepEqual(JSON.parse(await readFile(join(folder, fileOfName), 'utf8')), { name, value: 'value' })
    assert.equal((await stat(join(folder, fileOfName))).mode & 0o777, 0o600)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
  })

  test('no name leads out of the folder or to the secret of another', async (context) => {
    const folder = join(await createFolder(context), 'secrets')
    const secrets = createSecrets({ folder })
    const names = ['../../x', '/etc/x', '', '.', 'a\0b', '__proto__', 'TOKEN', 'token', 'n'.repeat(10_000)]

    await Promise.all(names.map((each) => secrets.put(each, `value of ${each}`)))

    for (const each of names) assert.equal(await secrets.get(each), `value of ${each}`)
    assert.equal((await readdir(folder)).length, names.length)
    assert.deepEqual(await readdir(dirname(folder)), ['secrets'])
  })

  test('its folder, which fills up, is read at the first put and not at the next', async (context) => {
    const folder = await createFolder(context)
    const leftover = join(folder, '.mcp-orchestration-5e4377d7.tmp')
    const secrets = createSecrets({ folder })
    const putBeside = async () => {
      await writeFile(leftover, 'half')
      await utimes(leftover, 0, 0)
      await secrets.put(name, 'value')
      return (await readdir(folder)).length
    }

    assert.deepEqual([await putBeside(), await putBeside()], [1, 2])
  })

  for (const [what, text] of Object.entries({
    'half a file': '{"name":"cursor/default/github/TOKEN","value":"ghp_se',
    'a value that is no text': '{"name":"cursor/default/github/TOKEN","value":5}',
    'no object': '"ghp_se"',
    null: 'null',
    'no value': '{"name":"cursor/default/github/TOKEN"}',
    'the file of another secret': '{"name":"cursor/default/github/OTHER","value":"ghp_se"}',
  })) {
    test(`a damaged file is internal_error and is not quoted: ${what}`, async (context) => {
      const folder = await createFolder(context)
      await writeFile(join(folder, fileOfName), text)

      await assert.rejects(createSecrets({ folder }).get(name), (error: Error & { code: string }) => {
        assert.equal(error.code, 'internal_error')
        assert.match(error.message, /is damaged\. Remove it/)
        assert.doesNotMatch(`${error.message} ${error.cause}`, /ghp_se/)
        return true
      })
    })
  }

  test('a file that cannot be read is internal_error', async (context) => {
    const folder = await createFolder(context)
    await mkdir(join(folder, fileOfName))

    await assert.rejects(createSecrets({ folder }).get(name), { code: 'internal_error' })
  })

  test('a folder that cannot be made is write_failed', async (context) => {
    const folder = join(await createFolder(context), 'file')
    await writeFile(folder, '')

    await assert.rejects(createSecrets({ folder }).put(name, 'value'), { code: 'write_failed' })
  })

  test('while several processes put a secret, a reader meets one of their values, whole', async (context) => {
    const folder = await createFolder(context)
    const secrets = createSecrets({ folder })
    const values = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000))
    await secrets.put(name, values[0] ?? '')
    const putting = values.map((value) => putInProcess(folder, value[0] ?? ''))
    const met = new Set<string | undefined>()

    let isDone = false
    const done = Promise.all(putting).then((codes) => {
      isDone = true
      return codes
    })
    while (!isDone) met.add(await secrets.get(name))

    assert.deepEqual(await done, [0, 0, 0])
    assert.deepEqual(
      [...met].filter((value) => !values.includes(value ?? '')),
      [],
    )
    assert.ok(met.size > 1, 'the reader saw a change')
    assert.deepEqual(await readdir(folder), [fileOfName])
  })
})

test('a secret is named by client, profile, server and variable', () => {
  assert.equal(secretName({ clientId: 'cursor', profileId: 'default' }, 'github', 'TOKEN'), name)
})

async function putInProcess(folder: string, letter: string): Promise<number> {
  const script = `
    import { createSecrets } from ${JSON.stringify(new URL('../../src/secrets/secrets.ts', import.meta.url))}
    const secrets = createSecrets({ folder: ${JSON.stringify(folder)} })
    for (let times = 0; times < 30; times += 1) await secrets.put('${name}', '${letter}'.repeat(100_000))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  return code
}
