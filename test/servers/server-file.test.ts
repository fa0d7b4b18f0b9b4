import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createServerFileReader } from '../../src/servers/server-file.ts'
import { compileServerJsonCheck } from '../../src/servers/server-json-check.ts'
import { createFolder } from '../support/folder.ts'
import { remote, serverJson } from './server-json-of.ts'

describe("the reader of a user's server.json", () => {
  test('loads what checks it once, and again when that could not be loaded', async (context) => {
    const path = join(await createFolder(context), 'weather.json')
    await writeFile(path, JSON.stringify(serverJson({ remotes: [remote()] })))
    const load = context.mock.fn(async () => compileServerJsonCheck())
    load.mock.mockImplementationOnce(() => Promise.reject(new Error('EMFILE: too many open files')))
    const read = createServerFileReader(load)
    await assert.rejects(read(path, 'weather'), /EMFILE/)
    for (const _ of ['first', 'second']) assert.ok('server' in (await read(path, 'weather')))
    assert.equal(load.mock.callCount(), 2)
  })
})
