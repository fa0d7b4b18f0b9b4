import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  diffPayloads,
  type PayloadDiff,
  toComparison,
  type ValueChange,
} from '../../src/artifacts/comparison.ts'
import type { JsonObject, JsonValue, Payload, ServerEntry, StdioEntry } from '../../src/vocabulary.ts'
import { docs, memory, ref } from './room.ts'

function payload(mcpServers: Payload['mcpServers']): Payload {
  return { mcpServers }
}

function changesOf(before: ServerEntry, after: ServerEntry): readonly ValueChange[] | undefined {
  return diffPayloads(payload({ it: before }), payload({ it: after })).modified[0]?.changes
}

const texts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 })
const stdio = fc.record({
  type: fc.constant('stdio' as const),
  command: fc.string(),
  args: fc.array(fc.string(), { maxLength: 4 }),
  env: texts,
})
const remote = fc.record({
  type: fc.constantFrom('streamable-http' as const, 'sse' as const),
  url: fc.string(),
  headers: texts,
})
const payloads = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(stdio, remote), { maxKeys: 4 })
  // As they come out of JSON: fast-check also makes objects without a prototype.
  .map((mcpServers) => JSON.parse(JSON.stringify({ mcpServers })) as Payload)

describe('The difference of two configurations', () => {
  test('names what is added, removed, modified and unchanged, each in order', () => {
    const local = payload({ zebra: memory, kept: docs, changed: memory, gone: docs })
    const latest = payload({ kept: docs, changed: { ...memory, command: 'bunx' }, yak: docs, ant: memory })
    assert.deepEqual(diffPayloads(local, latest), {
      added: ['ant', 'yak'],
      removed: ['gone', 'zebra'],
      modified: [
        { serverName: 'changed', changes: [{ path: '/command', oldValue: 'npx', newValue: 'bunx' }] },
      ],
      unchanged: ['kept'],
    })
  })

  test('is empty between a configuration and itself', () => {
    fc.assert(
      fc.property(payloads, (some) => {
        const { unchanged, ...rest } = diffPayloads(some, structuredClone(some))
        assert.deepEqual(rest, { added: [], removed: [], modified: [] })
        assert.deepEqual(unchanged, Object.keys(some.mcpServers).sort())
      }),
    )
  })

  test('turns the one into the other when it is applied', () => {
    fc.assert(
      fc.property(payloads, payloads, (local, latest) => {
        assert.deepEqual(apply(local, latest, diffPayloads(local, latest)), latest)
      }),
    )
  })

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(payloads, payloads, (local, latest) => {
        assert.deepEqual(diffPayloads(turned(local), turned(latest)), diffPayloads(local, latest))
      }),
    )
  })

  test('points at the argument that changed', () => {
    const after: StdioEntry = { ...memory, args: ['-y', '@modelcontextprotocol/server-memory@2'] }
    assert.deepEqual(changesOf(memory, after), [
      {
        path: '/args/1',
        oldValue: '@modelcontextprotocol/server-memory',
        newValue: '@modelcontextprotocol/server-memory@2',
      },
    ])
  })

  test('shows all arguments when there are more or fewer of them', () => {
    const after: StdioEntry = { ...memory, args: ['--quiet', ...memory.args] }
    assert.deepEqual(changesOf(memory, after), [
      { path: '/args', oldValue: memory.args, newValue: after.args },
    ])
  })

  test('has null where there was no value, and escapes pointers', () => {
    const before: StdioEntry = { ...memory, env: { 'A/B~C': '1', OLD: 'x' } }
    const after: StdioEntry = { ...memory, env: { 'A/B~C': '2', NEW: 'y' } }
    assert.deepEqual(changesOf(before, after), [
      { path: '/env/A~1B~0C', oldValue: '1', newValue: '2' },
      { path: '/env/NEW', oldValue: null, newValue: 'y' },
      { path: '/env/OLD', oldValue: 'x', newValue: null },
    ])
  })

  test('shows a server that became a remote one member by member', () => {
    assert.deepEqual(
      changesOf(memory, docs)?.map(({ path }) => path),
      ['/args', '/command', '/env', '/headers', '/type', '/url'],
    )
  })

  test('takes a variable called __proto__ for a variable', () => {
    const env = JSON.parse('{"__proto__":"1"}') as Readonly<Record<string, string>>
    assert.deepEqual(changesOf(memory, { ...memory, env }), [
      { path: '/env/__proto__', oldValue: null, newValue: '1' },
    ])
  })
})

describe('A comparison', () => {
  const latest = { artifactId: 'b', payload: payload({ docs }), sequence: 4 }

  function compare(artifactId: string, localSequence?: number) {
    return toComparison({ ref, local: { artifactId, payload: payload({ memory }) }, latest, localSequence })
  }

  test('says that nothing is to be done when local is the latest', () => {
    const { status, summary, recommendation } = toComparison({ ref, local: latest, latest, localSequence: 4 })
    assert.equal(status, 'up-to-date')
    assert.equal(summary, 'Local equals release 4 of cursor/default, which is the latest.')
    assert.equal(recommendation, 'There is nothing to do.')
  })

  test('recommends to deploy when local is an earlier release', () => {
    const { status, summary, recommendation, localArtifactId, remoteArtifactId } = compare('a', 2)
    assert.equal(status, 'outdated')
    assert.equal(
      summary,
      'Local equals release 2 of cursor/default; the latest is 4: 1 server added, 1 removed, 0 modified.',
    )
    assert.equal(recommendation, 'Use deploy_config on cursor/default to bring local to release 4.')
    assert.deepEqual([localArtifactId, remoteArtifactId], ['a', 'b'])
  })

  test('tells both ways out when local is no release at all', () => {
    const { status, summary, recommendation } = compare('a')
    assert.equal(status, 'diverged')
    assert.match(summary, /^Local equals no release of cursor\/default;/)
    assert.match(recommendation, /publish_config.*deploy_config/)
  })
})

/** What a reader of the difference would do by hand; `latest` is looked at only for servers that are added. */
function apply(local: Payload, latest: Payload, { added, removed, modified }: PayloadDiff): unknown {
  const servers: Record<string, JsonValue> = structuredClone(local.mcpServers) as unknown as Record<
    string,
    JsonValue
  >
  for (const name of removed) delete servers[name]
  for (const name of added) servers[name] = latest.mcpServers[name] as unknown as JsonObject
  for (const { serverName, changes } of modified) {
    for (const { path, newValue } of changes) set(servers[serverName] as Members, path, newValue)
  }
  return { mcpServers: servers }
}

type Members = Record<string, JsonValue>

function set(target: Members, pointer: string, value: JsonValue): void {
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = steps.pop() ?? ''
  const parent = steps.reduce((members, step) => members[step] as Members, target)
  if (value === null) delete parent[last]
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true })
}

function turned(value: Payload): Payload {
  return JSON.parse(JSON.stringify(value), (_name, member: JsonValue) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).reverse())
      : member,
  ) as Payload
}
