import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSeenAs, readTroubleTable } from '../../value-scenarios/support/deployment/troubles.ts'
import { parseUnit, settingOf } from '../../value-scenarios/support/deployment/unit.ts'

const unit = parseUnit(`# /etc/systemd/system/x.service
[Service]
Environment=A=1
Environment=B=2
ExecStart=/bin/false
;ExecStart=/bin/no
ExecStart=/bin/true --flag=x
`)

test('comments of a unit set nothing, and of several values the last counts', () => {
  assert.equal(settingOf(unit, 'ExecStart'), '/bin/true --flag=x')
})

test('a setting that may stand several times keeps all its values', () => {
  assert.deepEqual(unit.get('Environment'), ['A=1', 'B=2'])
})

test('a setting that a unit lacks is named', () => {
  assert.throws(() => settingOf(unit, 'TimeoutStopSec'), /The unit has no TimeoutStopSec/)
})

const table = `## Health checks

| \`/health\` | lives |

## Troubleshooting

| what you see | what it means |
|---|---|
| \`error: In use.\` | taken |
| 401 \`invalid_credentials\` | wrong |
| events come late | buffers |
`

test('the rows that quote something are those of the section on troubles', () => {
  assert.deepEqual(readTroubleTable(table), [
    { status: undefined, text: 'error: In use.' },
    { status: '401', text: 'invalid_credentials' },
  ])
})

test('a row with a status is about an answer of that status and code, and no other', () => {
  const row = { status: '401', text: 'invalid_credentials' }
  assert.equal(isSeenAs(row, '401 {"code":"invalid_credentials"}'), true)
  assert.equal(isSeenAs(row, '403 {"code":"invalid_credentials"}'), false)
  assert.equal(isSeenAs(row, '401 {"code":"authentication_required","detail":"invalid_credentials"}'), false)
})

test('a row without a status is about a text wherever it stands', () => {
  assert.equal(isSeenAs({ status: undefined, text: 'In use.' }, 'error: In use. Stop it.'), true)
  assert.equal(isSeenAs({ status: undefined, text: 'In use.' }, 'error: Not allowed.'), false)
})
