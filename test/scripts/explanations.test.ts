import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readGuide } from '../../value-scenarios/support/guides/guide.ts'

const root = new URL('../../', import.meta.url)
const programs = ['sh', 'js', 'ts']
/** What a shell is called after the backticks; only `sh` is run. */
const otherShells = ['bash', 'console', 'shell', 'shell-session', 'zsh']

/** What stands in docs/how-to is held to the same by scripts/check-messages.ts. */
describe('An explanation', async () => {
  const feature = await readFile(new URL('value-scenarios/explanation.feature', root), 'utf8')
  for (const page of await pages()) {
    const { fences } = await readGuide(fileURLToPath(new URL(page, root)))
    const languages = new Set(fences.map(({ language }) => language))

    if (programs.some((language) => languages.has(language)))
      test(`that shows commands or programs is followed by a value scenario: ${page}`, () => {
        assert.ok(feature.includes(`follows "${page}"`))
      })

    test(`hides no command under another name: ${page}`, () => {
      assert.deepEqual(
        otherShells.filter((shell) => languages.has(shell)),
        [],
      )
    })
  }
})

async function pages(): Promise<readonly string[]> {
  const found = await readdir(new URL('docs/explanation', root))
  return [
    'SECURITY.md',
    ...found.filter((name) => name.endsWith('.md')).map((name) => `docs/explanation/${name}`),
  ]
}
