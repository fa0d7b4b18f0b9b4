import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  findReferences,
  formatReference,
  type Reference,
  replaceReferences,
  resolveEntry,
} from '../../src/secrets/references.ts'
import type { ServerEntry } from '../../src/vocabulary.ts'

const stdio: ServerEntry = { type: 'stdio', command: 'npx', args: [], env: {} }

describe('findReferences', () => {
  test('references are found inside longer texts, in their order', () => {
    const text = 'Bearer ${secret:cursor/default/github/TOKEN} for ${env:USER_NAME}'

    assert.deepEqual(findReferences(text), [
      { source: 'secret', name: 'cursor/default/github/TOKEN' },
      { source: 'env', name: 'USER_NAME' },
    ])
  })

  test('a variable of Windows with parentheses is a reference', () => {
    assert.deepEqual(findReferences('${env:ProgramFiles(x86)}'), [
      { source: 'env', name: 'ProgramFiles(x86)' },
    ])
  })

  for (const text of [
    '${HOME}',
    '$HOME',
    '${input:token}',
    '${workspaceFolder}',
    '${ENV:HOME}',
    '${env:}',
    '${env:TWO WORDS}',
    '${env:LINE\nBREAK}',
    '${env:N\0L}',
    '${env:OPEN',
    '${env:${env}}',
    '{env:HOME}',
    'env:HOME',
  ]) {
    test(`${JSON.stringify(text)} holds none`, () => {
      assert.deepEqual(findReferences(text), [])
      assert.equal(
        replaceReferences(text, () => 'replaced'),
        text,
      )
    })
  }

  test('a reference comes out of formatReference as it went in', () => {
    assert.deepEqual(findReferences(formatReference({ source: 'secret', name: 'a/b/c/D' })), [
      { source: 'secret', name: 'a/b/c/D' },
    ])
  })
})

describe('resolveEntry', () => {
  test('every text of a process takes its values', async () => {
    const entry: ServerEntry = {
      type: 'stdio',
      command: '${env:BIN}/npx',
      args: ['--as=${env:WHO}', '${HOME}'],
      env: { TOKEN: '${secret:c/p/s/TOKEN}', '${env:WHO}': 'as it is' },
    }

    assert.deepEqual(await resolveEntry(entry, known), {
      ok: true,
      entry: {
        type: 'stdio',
        command: '/usr/bin/npx',
        args: ['--as=priya', '${HOME}'],
        env: { TOKEN: 't0ps3cret', '${env:WHO}': 'as it is' },
      },
    })
  })

  test('URL and headers of a remote server take theirs', async () => {
    const entry: ServerEntry = {
      type: 'sse',
      url: 'https://${env:WHO}.example.com/${input:path}',
      headers: { Authorization: 'Bearer ${secret:c/p/s/TOKEN}' },
    }

    assert.deepEqual(await resolveEntry(entry, known), {
      ok: true,
      entry: {
        type: 'sse',
        url: 'https://priya.example.com/${input:path}',
        headers: { Authorization: 'Bearer t0ps3cret' },
      },
    })
  })

  test('all that have no value are named, each once', async () => {
    const entry = { ...stdio, args: ['${env:GONE} ${secret:c/p/s/GONE}', '${env:WHO}', '${env:GONE}'] }

    assert.deepEqual(await resolveEntry(entry, known), {
      ok: false,
      missing: ['${env:GONE}', '${secret:c/p/s/GONE}'],
    })
  })

  test('an empty value is a value', async () => {
    const resolution = await resolveEntry({ ...stdio, args: ['[${env:EMPTY}]'] }, async () => '')

    assert.deepEqual(resolution, { ok: true, entry: { ...stdio, args: ['[]'] } })
  })

  test('each reference is looked up once', async () => {
    const asked: Reference[] = []
    const entry = { ...stdio, args: ['${env:WHO}', '${env:WHO}'] }

    await resolveEntry(entry, async (reference) => {
      asked.push(reference)
      return 'priya'
    })

    assert.deepEqual(asked, [{ source: 'env', name: 'WHO' }])
  })

  test('a variable called __proto__ stays one', async () => {
    const env = JSON.parse('{"__proto__":"${env:WHO}"}')

    const resolution = await resolveEntry({ ...stdio, env }, known)

    assert.equal(
      JSON.stringify(resolution.ok && resolution.entry.type === 'stdio' && resolution.entry.env),
      '{"__proto__":"priya"}',
    )
  })

  test('a value is never looked into, whatever it holds', async () => {
    const pieces = fc.constantFrom(
      '${env:WHO}',
      '${secret:c/p/s/TOKEN}',
      '$&',
      '$1',
      "$'",
      '${',
      '}',
      'x',
      '$<name>',
    )
    const values = fc.array(pieces).map((all) => all.join(''))

    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const resolution = await resolveEntry({ ...stdio, args: ['<${env:ANY}>'] }, async () => value)
        assert.deepEqual(resolution, { ok: true, entry: { ...stdio, args: [`<${value}>`] } })
      }),
    )
  })
})

async function known(reference: Reference): Promise<string | undefined> {
  const values = new Map([
    ['${env:BIN}', '/usr/bin'],
    ['${env:WHO}', 'priya'],
    ['${secret:c/p/s/TOKEN}', 't0ps3cret'],
  ])
  return values.get(formatReference(reference))
}
