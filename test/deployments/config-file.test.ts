import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { readConfigFile, replaceConfigFile } from '../../src/deployments/config-file.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'config-file-'))
  file = path.join(folder, 'mcp.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function refusalOf(path: string): Promise<RegExp | string> {
  const error = await readConfigFile(path).then(
    () => assert.fail('the file should be refused'),
    (error) => error,
  )
  assert.equal(error.code, 'config_file_unreadable')
  return error.message
}

describe('what is no readable file is refused', () => {
  test('a folder', async () => {
    assert.match(String(await refusalOf(folder)), /It is a folder/)
  })

  test('a symbolic link to nothing', async () => {
    symlinkSync(path.join(folder, 'gone.json'), file)
    assert.match(String(await refusalOf(file)), /symbolic link to a file that is not there/)
  })

  test('a loop of symbolic links', async () => {
    symlinkSync(file, file)
    assert.match(String(await refusalOf(file)), /ELOOP/)
  })

  test('a named pipe, without waiting for a writer', async () => {
    execFileSync('mkfifo', [file])
    assert.match(String(await refusalOf(file)), /special file/)
  })

  test('bytes that are not UTF-8', async () => {
    writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d]))
    assert.match(String(await refusalOf(file)), /not UTF-8/)
  })

  test('a file of more than 16 MiB', async () => {
    writeFileSync(file, Buffer.alloc(16 * 1024 * 1024 + 1, 0x20))
    assert.match(String(await refusalOf(file)), /larger than 16 MiB/)
  })

  test('a path below a file', async () => {
    writeFileSync(file, '{}')
    assert.match(String(await refusalOf(path.join(file, 'mcp.json'))), /ENOTDIR/)
  })
})

describe('replacing a file', () => {
  test('removes what a process that was killed left beside it, and no file of another program', async () => {
    const [left, others] = ['.mcp-orchestration-5e4377d7.tmp', '.vscode-5e4377d7.tmp']
    writeFileSync(file, '{}')
    for (const name of [left, others]) {
      writeFileSync(path.join(folder, name), 'half')
      utimesSync(path.join(folder, name), 0, 0)
    }
    await replaceConfigFile(await readConfigFile(file), '{ }')
    assert.deepEqual(readdirSync(folder).sort(), [others, 'mcp.json'])
  })

  test('makes one that was not there, for its owner only, with its folder', async () => {
    const deep = path.join(folder, 'a/b/mcp.json')
    await replaceConfigFile(await readConfigFile(deep), '{}\n')
    assert.equal(readFileSync(deep, 'utf8'), '{}\n')
    assert.equal(statSync(deep).mode & 0o777, 0o600)
    assert.equal(statSync(path.dirname(deep)).mode & 0o777, 0o700)
  })

  test('keeps the mode and the owner', async () => {
    writeFileSync(file, '{}')
    chmodSync(file, 0o664)
    await replaceConfigFile(await readConfigFile(file), '{"a":1}')
    assert.equal(statSync(file).mode & 0o7777, 0o664)
    assert.equal(statSync(file).uid, process.getuid?.())
  })

  test('writes through a symbolic link and leaves the link', async () => {
    mkdirSync(path.join(folder, 'dotfiles'))
    const real = path.join(folder, 'dotfiles/mcp.json')
    writeFileSync(real, '{}')
    symlinkSync(real, file)
    await replaceConfigFile(await readConfigFile(file), '{"a":1}')
    assert.ok(lstatSync(file).isSymbolicLink())
    assert.equal(readFileSync(real, 'utf8'), '{"a":1}')
  })

  test('keeps a byte order mark as part of the text', async () => {
    writeFileSync(file, '\uFEFF{}')
    const read = await readConfigFile(file)
    assert.equal(read.content?.text, '\uFEFF{}')
  })

  test('leaves no temporary file behind', async () => {
    writeFileSync(file, '{}')
    await replaceConfigFile(await readConfigFile(file), '{"a":1}')
    assert.deepEqual(readdirSync(folder), ['mcp.json'])
  })
})

describe('a file that changed since it was read is left alone', () => {
  const theirs = '{"theirs":1}'

  async function refused(read: Awaited<ReturnType<typeof readConfigFile>>): Promise<void> {
    await assert.rejects(replaceConfigFile(read, '{"ours":1}'), { code: 'config_file_changed' })
    assert.equal(readFileSync(file, 'utf8'), theirs)
    assert.deepEqual(readdirSync(folder), ['mcp.json'])
  }

  test('when it was written in place', async () => {
    writeFileSync(file, '{}')
    const read = await readConfigFile(file)
    writeFileSync(file, theirs)
    await refused(read)
  })

  test('when it was replaced by another one', async () => {
    writeFileSync(file, theirs)
    const read = await readConfigFile(file)
    rmSync(file)
    writeFileSync(file, theirs)
    await refused(read)
  })

  test('when it appeared', async () => {
    const read = await readConfigFile(file)
    writeFileSync(file, theirs)
    await refused(read)
  })

  test('when it was removed', async () => {
    writeFileSync(file, '{}')
    const read = await readConfigFile(file)
    rmSync(file)
    await assert.rejects(replaceConfigFile(read, '{"ours":1}'), { code: 'config_file_changed' })
    assert.deepEqual(readdirSync(folder), [])
  })
})

test('a folder that can not be made is write_failed, with the reason', async () => {
  writeFileSync(path.join(folder, 'blocker'), '')
  const missing = { path: file, realPath: path.join(folder, 'blocker/mcp.json'), content: undefined }
  await assert.rejects(replaceConfigFile(missing, '{}'), { code: 'write_failed', message: /ENOTDIR|EEXIST/ })
})
