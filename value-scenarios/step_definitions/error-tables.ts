import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Then, When } from '@cucumber/cucumber'
import type { Answer } from '../../step_definitions/support/http.ts'
import {
  type ErrorRow,
  readErrorTable,
  rowDifference,
  toRefusal,
} from '../support/authentication/error-table.ts'
import { bringAbout } from '../support/authentication/refusals.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import { repository } from '../support/stage.ts'
import type { World } from '../support/world.ts'

interface ProvokedTable {
  readonly rows: readonly ErrorRow[]
  /** By the words of the rows. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>
}

const provoked = createKept<ProvokedTable>('a table of errors')

When<World>(
  '{person} brings about each refusal of the table in {string}',
  async function (_person: Person, path: string) {
    const rows = readErrorTable(await readFile(join(repository, path), 'utf8'))
    provoked.keep(this, { rows, answers: await bringAbout(this) })
  },
)

Then<World>('each is answered as its row says', function () {
  const { rows, answers } = provoked.of(this)
  const differences = rows.flatMap((row) =>
    (answers.get(row.when) ?? []).flatMap((answer) => rowDifference(row, toRefusal(answer)) ?? []),
  )
  assert.equal(differences.join('\n\n'), '')
})

Then<World>('each row has come about, and nothing that lacks a row', function () {
  const { rows, answers } = provoked.of(this)
  assert.deepEqual(rows.map(({ when }) => when).toSorted(), [...answers.keys()].toSorted())
  for (const [when, each] of answers) assert.notEqual(each.length, 0, when)
})
