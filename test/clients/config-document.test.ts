import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, getClient } from '../../src/clients/client.ts'
import { editConfig, readConfig } from '../../src/clients/config-document.ts'
import type { JsonObject } from '../../src/vocabulary.ts'

const desktop = getClient('claude-desktop')
const vscode = getClient('vscode')
const files = { command: 'npx', args: ['-y'] }

describe('Adding to a file', () => {
  test('that does not exist, or holds white space alone, makes a new one', () => {
    const whole =
      '{\n  "mcpServers": {\n    "files": {\n      "command": "npx",\n      "args": [\n        "-y"\n      ]\n    }\n  }\n}\n'
    for (const text of [undefined, '', ' \r\n\t']) assert.equal(add(desktop, text, { files }), whole)
    assert.equal(add(desktop, '\uFEFF', { files }), `\uFEFF${whole}`)
  })

  test('that holds comments alone keeps them above what is new', () => {
    const servers = '{\r\n  "servers": {\r\n    "a": {}\r\n  }\r\n}\r\n'
    assert.equal(add(vscode, '// mine\r\n/* too */', { a: {} }), `// mine\r\n/* too */\r\n${servers}`)
    assert.equal(add(vscode, '// mine\r\n', { a: {} }), `// mine\r\n${servers}`)
  })

  test('puts the new entry behind the last one, in the style of the file', () => {
    const before =
      '{\r\n\t"servers" : {\r\n\t\t"a" : {}, // the first\r\n\t\t"b" : {} // the last\r\n\t},\r\n\t"inputs" : []\r\n}'
    const after =
      '{\r\n\t"servers" : {\r\n\t\t"a" : {}, // the first\r\n\t\t"b" : {}, // the last\r\n\t\t"c" : {\r\n\t\t\t"command" : "x"\r\n\t\t}\r\n\t},\r\n\t"inputs" : []\r\n}'
    assert.equal(add(vscode, before, { c: { command: 'x' } }), after)
  })

  test('keeps to trailing commas where the file has them', () => {
    const before = '{\n  "servers": {\n    "a": {}, // one\n    // two\n  },\n}\n'
    const after = '{\n  "servers": {\n    "a": {}, // one\n    "b": {},\n    "c": {},\n    // two\n  },\n}\n'
    assert.equal(add(vscode, before, { b: {}, c: {} }), after)
  })

  test('with no object for the servers makes one behind the other members', () => {
    assert.equal(
      add(desktop, '{\n    "theme": "dark"\n}\n', { a: {} }),
      '{\n    "theme": "dark",\n    "mcpServers": {\n        "a": {}\n    }\n}\n',
    )
    assert.equal(add(desktop, '{"theme":"dark"}', { a: {} }), '{"theme":"dark","mcpServers":{"a":{}}}')
  })

  test('whose root is empty lays it out over lines', () => {
    assert.equal(add(desktop, '{}', { a: {} }), '{\n  "mcpServers": {\n    "a": {}\n  }\n}')
    assert.equal(
      add(desktop, '{\r\n}\r\n', { a: {} }),
      '{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n',
    )
  })

  test('fills an empty object for the servers, behind the comments in it', () => {
    assert.equal(add(vscode, '{\n\t"servers": {}\n}', { a: {} }), '{\n\t"servers": {\n\t\t"a": {}\n\t}\n}')
    assert.equal(
      add(vscode, '{\n  "servers": {\n      // none yet\n  }\n}', { a: {} }),
      '{\n  "servers": {\n      // none yet\n      "a": {}\n  }\n}',
    )
    assert.equal(
      add(vscode, '{\n  "servers": { /* none yet */ }\n}', { a: {} }),
      '{\n  "servers": { /* none yet */ \n    "a": {}\n  }\n}',
    )
  })

  test('that is one line keeps it one line', () => {
    const entry = { b: { command: 'y', args: ['1', '2'] } }
    assert.equal(
      add(desktop, '{"mcpServers":{"a":{}},"x":1}', entry),
      '{"mcpServers":{"a":{},"b":{"command":"y","args":["1","2"]}},"x":1}',
    )
    assert.equal(
      add(desktop, '{ "mcpServers": { "a": {} } }', entry),
      '{ "mcpServers": { "a": {}, "b": { "command": "y", "args": ["1", "2"] } } }',
    )
    assert.equal(
      add(desktop, '{"mcpServers": {}, "x": 1}', { a: {}, b: {} }),
      '{"mcpServers": {"a": {}, "b": {}}, "x": 1}',
    )
    assert.equal(add(vscode, '{ "servers": {/**/} }', { a: {} }), '{ "servers": {/**/"a": {} } }')
    assert.equal(add(vscode, '{"servers":{"a":{},}}', { b: {} }), '{"servers":{"a":{},"b":{},}}')
  })

  test('takes over the line end around it where they are mixed, a lone CR, too', () => {
    assert.equal(
      add(desktop, '{\n  "mcpServers": {\r    "a": {}\n  }\r\n}', { b: {} }),
      '{\n  "mcpServers": {\r    "a": {},\r    "b": {}\n  }\r\n}',
    )
  })

  test('takes a file without indentation as it is', () => {
    assert.equal(
      add(desktop, '{\n"mcpServers": {\n"a": {}\n}\n}', { b: { command: 'x' } }),
      '{\n"mcpServers": {\n"a": {},\n"b": {\n"command": "x"\n}\n}\n}',
    )
  })

  test('of odd indentation falls back to two spaces', () => {
    assert.equal(
      add(desktop, '    {\n  "mcpServers": {\n\t"a": {}\n  }\n}', { b: { command: 'x' } }),
      '    {\n  "mcpServers": {\n\t"a": {},\n\t"b": {\n\t  "command": "x"\n\t}\n  }\n}',
    )
  })
})

describe('Replacing an entry', () => {
  test('changes nothing when the value is deeply equal, however it is written', () => {
    const text = '{"mcpServers":{"\\u0061":{"args" : [ "-y"],\n"command":"np\\u0078"}}}'
    assert.equal(add(desktop, text, { a: files }), text)
    const bare: JsonObject = Object.assign(Object.create(null), files)
    assert.equal(add(desktop, text, { a: bare }), text)
  })

  test('keeps its name as it is written, and what stands around it', () => {
    assert.equal(
      add(
        vscode,
        '{\n  "servers": {\n    // mine\n    "\\u0061": {\n      "x": 1\n    }, // why\n    "b": {}\n  }\n}',
        { a: { y: 2 } },
      ),
      '{\n  "servers": {\n    // mine\n    "\\u0061": {\n      "y": 2\n    }, // why\n    "b": {}\n  }\n}',
    )
  })

  test('on one line leaves it on one line, and lays an empty one out', () => {
    assert.equal(
      add(desktop, '{\n  "mcpServers": {\n    "a": {"x": 1},\n    "b": {}\n  }\n}', {
        a: files,
        b: { y: 2 },
      }),
      '{\n  "mcpServers": {\n    "a": {"command": "npx", "args": ["-y"]},\n    "b": {\n      "y": 2\n    }\n  }\n}',
    )
  })

  test('with a value that is no object works as well', () => {
    assert.equal(add(desktop, '{"mcpServers":{"a":null}}', { a: {} }), '{"mcpServers":{"a":{}}}')
  })
})

describe('Removing an entry', () => {
  const text =
    '{\n  "servers": {\n    // about a\n    "a": {}, // a, too\n    "b": {\n      "x": 1\n    },\n    "c": {} // about c\n  }\n}\n'

  test('takes its lines, the comment behind it and one comma', () => {
    assert.equal(remove(vscode, text, 'b'), text.replace('    "b": {\n      "x": 1\n    },\n', ''))
    assert.equal(remove(vscode, text, 'a'), text.replace('    "a": {}, // a, too\n', ''))
  })

  test('at the end takes the comma before it, and leaves the comment there', () => {
    assert.equal(
      remove(vscode, text, 'b', 'c'),
      '{\n  "servers": {\n    // about a\n    "a": {} // a, too\n  }\n}\n',
    )
  })

  test('that was the only one leaves {}, or the comments', () => {
    assert.equal(
      remove(desktop, '{\n  "mcpServers": {\n    "a": {}\n  }\n}', 'a'),
      '{\n  "mcpServers": {}\n}',
    )
    assert.equal(remove(vscode, '{ "servers": { "a": {}, } }', 'a'), '{ "servers": {} }')
    assert.equal(remove(vscode, text, 'a', 'b', 'c'), '{\n  "servers": {\n    // about a\n  }\n}\n')
  })

  test('within a line leaves the rest of the line', () => {
    const line = '{ "servers": { "a": 1, "b": 2, "c": 3 } }'
    assert.equal(remove(vscode, line, 'a'), '{ "servers": { "b": 2, "c": 3 } }')
    assert.equal(remove(vscode, line, 'b'), '{ "servers": { "a": 1, "c": 3 } }')
    assert.equal(remove(vscode, line, 'b', 'c'), '{ "servers": { "a": 1 } }')
    assert.equal(
      remove(vscode, '{\n  "servers": {\n    "a": 1, "b": 2,\n    "c": 3\n  }\n}', 'b'),
      '{\n  "servers": {\n    "a": 1,\n    "c": 3\n  }\n}',
    )
    assert.equal(
      remove(vscode, '{\n  "servers": {\n    "a": 1, "b": 2, // both\n    "c": 3\n  }\n}', 'b'),
      '{\n  "servers": {\n    "a": 1, // both\n    "c": 3\n  }\n}',
    )
  })

  test('keeps a comment that goes on below', () => {
    assert.equal(
      remove(vscode, '{\n  "servers": {\n    "a": 1, /* about\n    b */\n    "b": 2\n  }\n}', 'a'),
      '{\n  "servers": {\n    /* about\n    b */\n    "b": 2\n  }\n}',
    )
  })

  test('copes with commas at the beginning of lines', () => {
    const text = '{\n  "servers": {\n    "a": 1 // one\n    // two\n  , "b": 2\n  , "c": 3\n  }\n}'
    assert.equal(remove(vscode, text, 'a'), '{\n  "servers": {\n    // two\n   "b": 2\n  , "c": 3\n  }\n}')
    assert.equal(remove(vscode, text, 'c'), text.replace('\n  , "c": 3', '\n  '))
  })

  test('never lets a line comment swallow what followed', () => {
    const text = '{\n  "servers": {\n    "a": 1, // note\n    "b": 2 }\n}'
    assert.equal(remove(vscode, text, 'b'), '{\n  "servers": {\n    "a": 1 // note\n }\n}')
  })

  test('that is not there changes nothing', () => {
    for (const text of [undefined, '', '{}', '{"mcpServers":{}}', '{"mcpServers":{"b":1}}']) {
      assert.equal(remove(desktop, text, 'a'), text ?? '')
    }
  })

  test('beside setting it under the same name is setting it', () => {
    const edit = { set: new Map([['a', { x: 1 }]]), remove: new Set(['a', 'b']) }
    assert.deepEqual(editConfig(desktop, '{"mcpServers":{"a":{},"b":{}}}', edit), {
      ok: true,
      text: '{"mcpServers":{"a":{"x":1}}}',
    })
  })
})

describe('Reading and editing refuse', () => {
  const cases: readonly (readonly [title: string, client: Client, text: string, reason: RegExp])[] = [
    [
      'a comment, where the client reads strict JSON',
      desktop,
      '{\n  // mine\n}',
      /^Line 2: a comment stands here/,
    ],
    [
      'a trailing comma, where the client reads strict JSON',
      desktop,
      '{"a":1,\r\n}',
      /^Line 2: a comma stands before the closing/,
    ],
    [
      'a trailing comma, where the client only takes comments',
      getClient('gemini-cli'),
      '{"a":1, }',
      /^Line 1: a comma stands/,
    ],
    ['a comment that is not closed', vscode, '{}\n/* mine', /^Line 2: a comment is not closed/],
    ['a text that is cut off', desktop, '{\n"a": "b', /^Line 2: a text is not closed/],
    ['a missing brace', desktop, '{"a": 1', /^Line 1: a closing brace is missing/],
    ['something behind the end', desktop, '{}\r{}', /^Line 2: something follows the end/],
    ['a second byte order mark', desktop, '\uFEFF\uFEFF{}', /^Line 1: something stands here/],
    ['a root that is an array', desktop, '\n[]', /^Line 2: the file must hold an object/],
    ['a root that is a text', vscode, '"servers"', /^Line 1: the file must hold an object/],
    [
      'servers that are no object',
      desktop,
      '{\n"mcpServers": []}',
      /^Line 2: "mcpServers" must be an object/,
    ],
    ['servers that are null', desktop, '{"mcpServers": null}', /^Line 1: "mcpServers" must be an object/],
    [
      'servers that stand twice',
      desktop,
      '{"mcpServers":{},\n"\\u006dcpServers":{}}',
      /^Line 2: "mcpServers" stands a second time \(first on line 1\)/,
    ],
    [
      'an entry that stands twice',
      vscode,
      '{"servers":{"a":1,\n\n"a":1}}',
      /^Line 3: "a" stands a second time \(first on line 1\)/,
    ],
    [
      '__proto__ twice',
      vscode,
      '{"servers":{"__proto__":1,"__proto__":2}}',
      /"__proto__" stands a second time/,
    ],
    [
      'brackets nested without end',
      vscode,
      '['.repeat(100_000),
      /^Line 1: brackets are nested more than 200 deep/,
    ],
  ]

  for (const [title, client, text, reason] of cases) {
    test(title, () => {
      const read = readConfig(client, text)
      assert.ok(!read.ok)
      assert.match(read.reason, reason)
      assert.match(read.reason, /\.$/)
      assert.deepEqual(editConfig(client, text, { set: new Map([['new', {}]]), remove: new Set() }), read)
    })
  }

  test('a name of great length without quoting all of it', () => {
    const name = 'x'.repeat(1000)
    const read = readConfig(desktop, `{"mcpServers":{"${name}":1,"${name}":2}}`)
    assert.ok(!read.ok && read.reason.length < 250)
  })

  test('an entry that would be nested too deep to be read again', () => {
    const deep = JSON.parse(`${'{"x":'.repeat(300)}1${'}'.repeat(300)}`)
    const edit = { set: new Map([['a', deep]]), remove: new Set<string>() }
    assert.equal(editConfig(desktop, '{}', edit).ok, false)
  })
})

describe('Names and values', () => {
  test('duplicates elsewhere, and comments within an entry, are no hindrance', () => {
    const text = '{"x":1,"x":2,"servers":{"a":{"command":"a","command":"b"/*c*/,}}}'
    const read = readConfig(vscode, text)
    assert.deepEqual(read.ok && [...read.entries], [['a', { command: 'b' }]])
  })

  test('__proto__ is a name like any other, and spills nothing', () => {
    const name = '__proto__'
    const edit = { set: new Map([[name, { command: 'x' }]]), remove: new Set<string>() }
    for (const text of ['', '{}', '{"mcpServers":{}}', '{"mcpServers":{"__proto__":{"polluted":true}}}']) {
      const edited = editConfig(desktop, text, edit)
      assert.ok(edited.ok)
      const read = readConfig(desktop, edited.text)
      assert.deepEqual(read.ok && [...read.entries], [[name, { command: 'x' }]])
    }
    const read = readConfig(desktop, '{"mcpServers":{"a":{"__proto__":{"polluted":true}}}}')
    const value = read.ok ? read.entries.get('a') : undefined
    assert.equal((value as { polluted?: boolean }).polluted, undefined)
    assert.ok(Object.hasOwn(value as object, name))
  })

  test('an escaped name is the name it stands for', () => {
    const text = '{"mcpServers":{"\\u0063ursor":{"x":1},"b\\/c":2}}'
    const read = readConfig(desktop, text)
    assert.deepEqual(read.ok && [...read.entries.keys()], ['cursor', 'b/c'])
    assert.equal(remove(desktop, text, 'cursor'), '{"mcpServers":{"b\\/c":2}}')
  })

  test('a dot in the name of the servers is part of the name', () => {
    const amp = getClient('amp')
    const text = '{"amp":{"mcpServers":{}},"amp.mcpServers":{}}'
    assert.equal(add(amp, text, { a: {} }), '{"amp":{"mcpServers":{}},"amp.mcpServers":{"a":{}}}')
  })

  test('every kind of value is read as it stands', () => {
    const read = readConfig(
      desktop,
      '\uFEFF{"mcpServers":{"a":[1,-2.5e3,true,null,"\\ud83d\\ude42",{}],"b":"x"}}',
    )
    assert.deepEqual(read.ok && [...read.entries], [
      ['a', [1, -2500, true, null, '🙂', {}]],
      ['b', 'x'],
    ])
  })

  test('no file, no root and no servers are no entries', () => {
    for (const text of ['', '\uFEFF', ' \n', '{}']) {
      const read = readConfig(desktop, text)
      assert.equal(read.ok && read.entries.size, 0)
    }
    assert.deepEqual(readConfig(vscode, '// none'), { ok: true, entries: new Map() })
  })
})

function add(
  client: Client,
  text: string | undefined,
  entries: Readonly<Record<string, JsonObject>>,
): string {
  const edited = editConfig(client, text, { set: new Map(Object.entries(entries)), remove: new Set() })
  assert.ok(edited.ok)
  return edited.text
}

function remove(client: Client, text: string | undefined, ...names: readonly string[]): string {
  const edited = editConfig(client, text, { set: new Map(), remove: new Set(names) })
  assert.ok(edited.ok)
  return edited.text
}
