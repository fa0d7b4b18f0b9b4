import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createFolder } from '../support/folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A small repository whose promises all hold. */
const sound = {
  '.gitignore': 'reports/\n',
  'README.md': [
    '# Notes',
    'Read [the guide](docs/guide.md), above all [how it ends](docs/guide.md#how-it-ends), or [begin](#notes).',
    'The code is in `src/notes.ts`, its tests in `test/**/*.test.ts`: `node --test test/notes.test.ts`.',
    '<img src="docs/picture.png" alt="A note"> ![A note](docs/picture.png)',
    'It follows [a standard][rfc] and <https://example.org/>; `curl http://127.0.0.1:8000/health` looks at it.',
    'It listens on http://127.0.0.1:8000, which is <http://localhost:8000/docs> in a browser.',
    '[rfc]: https://www.rfc-editor.org/rfc/rfc8785#section-3.2',
  ].join('\n\n'),
  'docs/guide.md': '# Guide\n\nBack to [the front](../README.md).\n\n## How it ends\n\nWell.\n',
  'docs/picture.png': '',
  'examples/app/README.md': 'It begins in `src/main.ts`.\n',
  'examples/app/src/main.ts': '',
  'src/notes.ts': '',
  'test/notes.test.ts': '',
  'reports/last-run.md': 'Made by a tool: [gone](nowhere.md).\n',
}

const broken: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a link to a file that is not there',
    'docs/guide.md)',
    'docs/guides.md)',
    /Cannot find file `docs\/guides\.md`/,
  ],
  [
    'a heading of another page that is not there',
    '#how-it-ends',
    '#how-it-went',
    /Cannot find heading for `#how-it-went`/,
  ],
  ['a heading of the page that is not there', '#notes', '#note', /Cannot find heading for `#note`/],
  ['a mention of a file that is not there', '`src/notes.ts`', '`src/note.ts`', /There is no src\/note\.ts/],
  ['a pattern that nothing fits', '*.test.ts`', '*.tests.ts`', /There is no test\/\*\*\/\*\.tests\.ts/],
  [
    'a mention within a command',
    'test/notes.test.ts`',
    'test/note.test.ts`',
    /There is no test\/note\.test\.ts/,
  ],
  ['a picture that is not there', 'picture.png', 'photo.png', /There is no file docs\/photo\.png/],
  [
    'a picture of another site without TLS',
    '(docs/picture.png',
    '(http://example.org/a.png',
    /a\.png is not/,
  ],
  [
    'a reference without its definition',
    '[a standard][rfc]',
    '[a standard][rcf]',
    /\[a standard\]\[rcf\] has no def/,
  ],
  ['another site without TLS', '<https:', '<http:', /http:\/\/example\.org\/ is not/],
  [
    'an address in plain words',
    '<https://example.org/>',
    'http://example.org',
    /http:\/\/example\.org is not/,
  ],
  ['an address without a host', 'www.rfc-editor.org', 'rfc-editor', /names no host/],
  ['an address that cannot be read', '<https://example.org/>', 'https://example.org:port', /org:port is not/],
]

describe('npm run check:links', () => {
  test('lets a repository pass whose promises hold', async (context) => {
    assert.deepEqual(await checkLinks(await repositoryOf(sound, context)), { code: 0, stderr: '' })
  })

  for (const [what, search, replacement, expected] of broken) {
    test(`goes red at ${what}`, async (context) => {
      const page = sound['README.md'].replace(search, replacement)
      assert.notEqual(page, sound['README.md'])
      const { code, stderr } = await checkLinks(await repositoryOf({ ...sound, 'README.md': page }, context))
      assert.equal(code, 1)
      assert.match(stderr, expected)
      assert.match(stderr, /\b1 warning\b/)
    })
  }

  test('goes red at a file that only the README of another example has', async (context) => {
    const files = { ...sound, 'docs/guide.md': '# Guide\n\n## How it ends\n\n`src/main.ts`\n' }
    const { code, stderr } = await checkLinks(await repositoryOf(files, context))
    assert.equal(code, 1)
    assert.match(stderr, /There is no src\/main\.ts in this repository/)
  })

  test('is a part of npm run check', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
    assert.match(scripts.check, /&& npm run check:links\b/)
  })
})

async function repositoryOf(files: Readonly<Record<string, string>>, context: TestContext): Promise<string> {
  const folder = await createFolder(context)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), content)
  }
  return folder
}

/** Runs the script of package.json, with its own flags and configuration, on another folder. */
async function checkLinks(
  folder: string,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const [command, ...flags] = scripts['check:links'].split(' ')
  assert.equal(command, 'remark')
  const remark = path.join(root, 'node_modules/remark-cli/cli.js')
  const args = [remark, '--rc-path', path.join(root, '.remarkrc.cjs'), '--no-color', ...flags]
  const child = spawn(process.execPath, args, { cwd: folder })
  const [stderr, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ])
  return { code, stderr }
}
