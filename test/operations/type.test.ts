import assert from 'node:assert/strict'
import { test } from 'node:test'
import TypeBox from 'typebox'
import { Type } from '../../src/operations/type.ts'

type Builders = typeof Type

/** One of each kind, with and without options, made by the builders that are given. */
const samples: Readonly<Record<string, (type: Builders) => object>> = {
  Array: (type) => type.Array(type.String(), { minItems: 1 }),
  Boolean: (type) => type.Boolean({ default: true }),
  Enum: (type) => type.Enum(['one', 'two'], { description: 'Either.' }),
  Integer: (type) => type.Integer({ minimum: 0 }),
  Literal: (type) => type.Literal('added'),
  Null: (type) => type.Null(),
  'Object with optional and required properties': (type) =>
    type.Object({ a: type.Optional(type.String()), b: type.Null(), c: type.Unknown() }, { title: 'T' }),
  'Object that requires nothing': (type) =>
    type.Object({ a: type.Optional(type.Integer()) }, { additionalProperties: false }),
  'Optional of an optional': (type) => type.Optional(type.Optional(type.String({ pattern: '^a$' }))),
  'Record by any key': (type) => type.Record(type.String(), type.Unknown(), { examples: [{ a: 1 }] }),
  'Record by a pattern': (type) => type.Record(type.String({ pattern: '^[a-z]+$' }), type.Boolean()),
  String: (type) => type.String({ examples: ['a'] }),
  Union: (type) => type.Union([type.String(), type.Null()]),
  Unknown: (type) => type.Unknown({ description: 'Anything.' }),
}

for (const [name, make] of Object.entries(samples)) {
  test(`${name}: what is made is what TypeBox makes, down to the hidden marks`, () => {
    assert.equal(JSON.stringify(make(Type)), JSON.stringify(make(TypeBox)))
    assert.deepEqual(describe(make(Type)), describe(make(TypeBox)))
  })
}

test('a shared schema stays required where it is not made optional', () => {
  const shared = Type.String()
  assert.deepEqual(Object.keys(Type.Object({ a: Type.Optional(shared), b: shared })), [
    'type',
    'required',
    'properties',
  ])
  assert.deepEqual(Object.getOwnPropertyNames(shared), ['type', '~kind'])
})

/** Each own property with how it is set, all the way down. */
function describe(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value))
  return Object.fromEntries(
    entries.map(([name, descriptor]) => [name, { ...descriptor, value: describe(descriptor.value) }]),
  )
}
