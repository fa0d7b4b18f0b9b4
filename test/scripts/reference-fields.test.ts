import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Type from 'typebox'
import { readRoutes } from '../../scripts/reference/http-api/other-paths.ts'
import { toFields } from '../../scripts/reference/schema-fields.ts'
import { payload } from '../../src/operations/schemas.ts'

describe('the fields of a schema', () => {
  test('are told with those within them', () => {
    const schema = Type.Object({
      servers: Type.Array(Type.Object({ name: Type.String(), note: Type.Optional(Type.String()) })),
      latest: Type.Union([Type.Object({ at: Type.String() }), Type.Null()]),
    })
    assert.deepEqual(
      toFields(schema, 'answer').map(({ name, type, isRequired }) => [name, type, isRequired]),
      [
        ['servers', 'list of objects', true],
        ['servers[].name', 'string', true],
        ['servers[].note', 'string', false],
        ['latest', 'object or null', true],
        ['latest.at', 'string', true],
      ],
    )
  })

  test('say which values are taken, of an input', () => {
    const schema = Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: 10, description: 'How many.', examples: [3] }),
    })
    assert.equal(toFields(schema, 'input')[0]?.meaning, 'How many. 1 to 10. Such as `3`.')
    assert.equal(toFields(schema, 'answer')[0]?.meaning, 'How many.')
  })

  test('say which values there are, of an answer too', () => {
    const schema = Type.Object({ status: Type.Enum(['done', 'open']) })
    assert.equal(toFields(schema, 'answer')[0]?.meaning, 'One of `done`, `open`.')
  })

  test('lead to the payload instead of telling it again', () => {
    const fields = toFields(Type.Object({ draft: payload }), 'answer')
    assert.deepEqual(
      fields.map(({ name, type }) => [name, type]),
      [['draft', '[payload](http-api.md#payload)']],
    )
  })
})

describe('the routes of a server', () => {
  test('are read from the tree that it prints', () => {
    const tree = [
      '├── /a (GET, HEAD)',
      '│   ├── /:b_id (POST)',
      '│   │   └── /c (DELETE)',
      '│   └── /d (GET)',
      '└── /e (GET)',
    ].join('\n')
    assert.deepEqual(
      readRoutes(tree).map(({ path, methods }) => `${methods.join('+')} ${path}`),
      ['GET+HEAD /a', 'POST /a/{b_id}', 'DELETE /a/{b_id}/c', 'GET /a/d', 'GET /e'],
    )
  })
})
