import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { type Guide, readGuide, sectionOf, without } from '../support/guides/guide.ts'
import { differencesOf, failuresOf } from '../support/guides/guide-run.ts'
import type { Person } from '../support/parameter-types.ts'
import { repository } from '../support/stage.ts'
import type { World } from '../support/world.ts'

Given<World>("{person} has the product's commands", async function (person: Person) {
  await this.setStage(person)
})

When<World>('{person} follows {string}', async function (_person: Person, path: string) {
  await this.follow(await guideAt(path))
})

When<World>(
  '{person} follows {string}, but for what begins with:',
  async function (_person: Person, path: string, exceptions: DataTable) {
    const firstLines = exceptions.hashes().map((row) => row['the fence'] ?? '')
    await this.follow(without(await guideAt(path), firstLines))
  },
)

When<World>(
  '{person} follows {string} of {string}',
  async function (_person: Person, section: string, path: string) {
    await this.follow(sectionOf(await guideAt(path), section))
  },
)

Then<World>('every command ends well', function () {
  expectNone(failuresOf(this.guideRun))
})

Then<World>('every output is the one that the guide shows', function () {
  const run = this.guideRun
  if (this.parameters.write !== run.guide.path) expectNone(differencesOf(run))
})

Then<World>('every file that it writes is used', function () {
  expectNone(this.guideRun.unusedFiles())
})

/** Without the two columns of an assertion on equality: each offence has its own. */
function expectNone(offences: readonly string[]): void {
  if (offences.length > 0) assert.fail(offences.join('\n\n'))
}

async function guideAt(path: string): Promise<Guide> {
  return { ...(await readGuide(join(repository, path))), path }
}
