import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Client, getClient } from '../../src/clients/client.ts'
import { type ConfigEdit, editConfig, readConfig } from '../../src/clients/config-document.ts'
import type { JsonObject } from '../../src/vocabulary.ts'
import {
  documents,
  type Entry,
  meaning,
  oddNames,
  pieces,
  type RandomDocument,
  toText,
  values,
} from './random-documents.ts'

const edits = fc.record({
  set: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...oddNames, 'new'), values), {
      selector: ([name]) => name,
      maxLength: 3,
    })
    .map((pairs) => new Map<string, JsonObject>(pairs)),
  remove: fc.subarray([...oddNames]).map((names) => new Set(names)),
})

/** One client that takes comments and trailing commas, and one that takes neither. */
for (const client of [getClient('zed'), getClient('claude-desktop')]) {
  const { rootKey } = client
  const isLenient = client.configFormat === 'jsonc'
  const random = documents({ rootKey, isLenient })

  describe(`Any edit of any file of ${client.displayName}`, () => {
    test('reading gives what stands there, in its order', () => {
      check(
        fc.property(random, (document) => {
          const entries = read(client, toText(document))
          assert.deepEqual([...entries.keys()], namesOf(document))
          assert.deepEqual(Object.fromEntries(entries), memberOf(toText(document), rootKey))
        }),
      )
    })

    test('the entries are those that were asked for, and every other value is what it was', () => {
      check(
        fc.property(random, edits, (document, edit) => {
          const text = toText(document)
          const result = edited(client, text, edit)
          const expected = new Map(Object.entries(memberOf(text, rootKey) as object))
          for (const name of edit.remove) expected.delete(name)
          for (const [name, value] of edit.set) expected.set(name, value)
          assert.deepEqual(meaning(result), withMember(meaning(text), rootKey, Object.fromEntries(expected)))
          assert.deepEqual([...read(client, result).keys()], namesAfter(namesOf(document), edit))
        }),
      )
    })

    test('no byte before the brace of the servers changes, and none behind their closing brace', () => {
      check(
        fc.property(random, edits, (document, edit) => {
          const result = edited(client, toText(document), edit)
          assert.equal(result.slice(0, document.head.length), document.head)
          assert.equal(result.slice(result.length - document.tail.length), document.tail)
        }),
      )
    })

    test('every other entry keeps its bytes, in the same order', () => {
      check(
        fc.property(random, edits, (document, edit) => {
          const result = inside(document, edited(client, toText(document), edit))
          const others = document.entries.filter(({ name }) => !edit.set.has(name) && !edit.remove.has(name))
          let position = 0
          for (const { text } of others) {
            const found = result.indexOf(text, position)
            assert.ok(found >= 0, `${text} is gone from ${result}`)
            position = found + text.length
          }
        }),
      )
    })

    test('the same edit again changes nothing', () => {
      check(
        fc.property(random, edits, (document, edit) => {
          const once = edited(client, toText(document), edit)
          assert.equal(edited(client, once, edit), once)
        }),
      )
    })

    test('adding takes no byte away, and removing what was added gives the former bytes back', () => {
      check(
        fc.property(random, edits, (document, { set }) => {
          const text = toText(document)
          const added = new Map([...set].filter(([name]) => !namesOf(document).includes(name)))
          const result = edited(client, text, { set: added, remove: new Set() })
          assert.ok(isWithin(text, result), `${JSON.stringify(text)} is not within ${JSON.stringify(result)}`)
          const back = edited(client, result, { set: new Map(), remove: new Set(added.keys()) })
          assert.equal(withoutSlack(back, document), withoutSlack(text, document))
        }),
      )
    })

    test('removing takes the entry, one comma, white space and comments behind it on its line, no more', () => {
      check(
        fc.property(random, edits, (document, { remove }) => {
          const text = toText(document)
          const result = edited(client, text, { set: new Map(), remove })
          const gone = document.entries.filter(({ name }) => remove.has(name))
          if (gone.length === 0) assert.equal(result, text)
          assert.ok(isWithin(result, text))
          const commas = Math.max(0, document.entries.length - 1) + document.comma.length
          const taken = sum(gone.map((entry) => marksIn(entry.text))) + Math.min(gone.length, commas)
          assert.equal(marksIn(text) - marksIn(result), taken)
          const own = sum(gone.map((entry) => commentsIn(entry.text)))
          const behind = sum(gone.map((entry) => commentsBehind(document, entry)))
          const lost = commentsIn(text) - commentsIn(result)
          assert.ok(own <= lost && lost <= own + behind, `${lost} comments are gone from ${text}`)
        }),
      )
    })

    test('replacing changes the value alone', () => {
      check(
        fc.property(random, values, (document, value) => {
          const [entry] = document.entries
          fc.pre(entry !== undefined)
          const text = toText(document)
          const result = edited(client, text, { set: new Map([[entry.name, value]]), remove: new Set() })
          const start = document.head.length + entry.before.length
          const behind = text.slice(start + entry.text.length)
          assert.equal(result.slice(0, start), text.slice(0, start))
          assert.equal(result.slice(result.length - behind.length), behind)
          const member = result.slice(start, result.length - behind.length)
          assert.deepEqual(meaning(`{${member}}`), withMember({}, entry.name, value))
        }),
      )
    })

    test('without an object for the servers yet, one is put in and nothing taken away', () => {
      check(
        fc.property(documents({ rootKey: 'elsewhere', isLenient }), edits, (document, edit) => {
          const text = toText(document)
          const result = edited(client, text, edit)
          assert.ok(isWithin(text, result))
          assert.equal(commentsIn(result), commentsIn(text))
          const servers = Object.fromEntries(edit.set)
          const expected = edit.set.size === 0 ? meaning(text) : withMember(meaning(text), rootKey, servers)
          assert.deepEqual(meaning(result), expected)
        }),
      )
    })
  })
}

describe('A file with an accident in it', () => {
  const client = getClient('claude-desktop')
  const accidents = fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    ',',
    ':',
    '/',
    '\0',
    '\u00A0',
    '\v',
    '1',
    '.',
    '\uFEFF',
    '\n',
    'x',
  )

  test('is read where strict JSON reads it, and refused with the line where it does not', () => {
    const random = documents({ rootKey: client.rootKey, isLenient: false })
    check(
      fc.property(random, fc.nat(), fc.nat({ max: 2 }), accidents, (document, place, length, accident) => {
        const text = toText(document)
        const position = place % text.length
        const broken = `${text.slice(0, position)}${accident}${text.slice(position + length)}`
        const result = readConfig(client, broken)
        const isAmbiguous = !result.ok && /a second time|must be|must hold/.test(result.reason)
        assert.equal(result.ok || isAmbiguous, isStrictJson(broken))
        if (!result.ok) assert.match(result.reason, /^Line \d+: .+\.$/)
        const edit = editConfig(client, broken, { set: new Map([['new', {}]]), remove: new Set() })
        assert.equal(edit.ok, result.ok)
      }),
    )
  })
})

describe('A file as JSON.stringify writes it', () => {
  const names = ['alpha', 'beta', 'gamma', 'delta']
  const someServers = fc.dictionary(fc.constantFrom(...names), values, { noNullPrototype: true })
  const model = fc.record({
    theme: fc.constant('dark'),
    mcpServers: someServers,
    window: fc.constant({ zoom: [1, 2] }),
  })
  const style = fc.record({
    indent: fc.constantFrom('  ', '    ', '\t', ' '),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
    end: fc.constantFrom('', '\n'),
  })

  test('is afterwards as JSON.stringify would write it, whatever its indent and line ends', () => {
    const client = getClient('claude-desktop')
    check(
      fc.property(
        model,
        someServers,
        fc.subarray(names),
        style,
        (before, set, remove, { indent, eol, end }) => {
          const write = (value: unknown) =>
            `${JSON.stringify(value, null, indent)}${end}`.replaceAll('\n', eol)
          const edit = { set: new Map(Object.entries(set)), remove: new Set(remove) }
          const all: Record<string, unknown> = { ...before.mcpServers, ...set }
          const order = namesAfter(Object.keys(before.mcpServers), edit)
          const after = { ...before, mcpServers: Object.fromEntries(order.map((name) => [name, all[name]])) }
          assert.equal(edited(client, write(before), edit), write(after))
        },
      ),
    )
  })
})

function check<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: 300 })
}

function edited(client: Client, text: string, edit: ConfigEdit): string {
  const result = editConfig(client, text, edit)
  assert.ok(result.ok, `${result.ok ? '' : result.reason} In: ${JSON.stringify(text)}`)
  return result.text
}

function read(client: Client, text: string): ReadonlyMap<string, unknown> {
  const result = readConfig(client, text)
  assert.ok(result.ok)
  return result.entries
}

function namesOf(document: RandomDocument): readonly string[] {
  return document.entries.map(({ name }) => name)
}

function namesAfter(names: readonly string[], { set, remove }: ConfigEdit): readonly string[] {
  const kept = names.filter((name) => set.has(name) || !remove.has(name))
  return [...kept, ...[...set.keys()].filter((name) => !kept.includes(name))]
}

function memberOf(text: string, rootKey: string): unknown {
  return new Map(Object.entries(meaning(text) as object)).get(rootKey)
}

/** An assignment would not do: it spills `__proto__` into the object. */
function withMember(object: unknown, name: string, value: unknown): unknown {
  return Object.fromEntries([
    ...Object.entries(object as object).filter(([each]) => each !== name),
    [name, value],
  ])
}

function inside({ head, tail }: RandomDocument, text: string): string {
  return text.slice(head.length, text.length - tail.length)
}

/** Whether the characters of `part` stand in `whole` in their order. */
function isWithin(part: string, whole: string): boolean {
  let position = 0
  for (const unit of whole.split('')) if (unit === part[position]) position += 1
  return position === part.length
}

/** Leaves out the white space before the closing brace in the two cases that the doc comment of editConfig names. */
function withoutSlack(text: string, document: RandomDocument): string {
  const [before, after] = [inside(document, toText(document)), inside(document, text)]
  const isExempt = document.entries.length === 0 || !/[\r\n][ \t]*$/.test(before)
  return isExempt ? `${document.head}${after.trimEnd()}${document.tail}` : text
}

function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''))
    return true
  } catch {
    return false
  }
}

function commentsBehind(document: RandomDocument, entry: Entry): number {
  const parts = document.entries.map((each) => `${each.before}${each.text}${each.after},`)
  const before = parts.slice(0, document.entries.indexOf(entry)).join('').length
  const start = document.head.length + before + entry.before.length + entry.text.length
  const text = toText(document)
  const line = text
    .slice(start)
    .split(/[\r\n]/, 1)
    .join('')
  const behind = pieces(text).filter((piece) => piece.start >= start && piece.start < start + line.length)
  return behind.filter((piece) => piece.kind === 'comment').length
}

function commentsIn(text: string): number {
  return pieces(text).filter(({ kind }) => kind === 'comment').length
}

function marksIn(text: string): number {
  return pieces(text).filter(({ kind }) => kind !== 'comment' && kind !== 'blank').length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
