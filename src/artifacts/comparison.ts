import type { JsonObject, JsonValue, Payload, ProfileRef, ServerEntry } from '../vocabulary.ts'

/** What local lacks or has otherwise, seen on the way from local to the latest release. All lists are in code unit order. */
export interface PayloadDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly modified: readonly ModifiedServer[]
  readonly unchanged: readonly string[]
}

export interface ModifiedServer {
  readonly serverName: string
  readonly changes: readonly ValueChange[]
}

export interface ValueChange {
  /** JSON Pointer (RFC 6901) into the server's entry. */
  readonly path: string
  /** null = not there: an entry itself holds no null. */
  readonly oldValue: JsonValue
  readonly newValue: JsonValue
}

export type ComparisonStatus = 'up-to-date' | 'outdated' | 'diverged'

export interface Comparison {
  readonly status: ComparisonStatus
  readonly localArtifactId: string
  readonly remoteArtifactId: string
  readonly diff: PayloadDiff
  readonly summary: string
  readonly recommendation: string
}

export interface Compared {
  readonly ref: ProfileRef
  readonly local: { readonly artifactId: string; readonly payload: Payload }
  readonly latest: { readonly artifactId: string; readonly payload: Payload; readonly sequence: number }
  /** The newest release that holds the local artifact, if any does. */
  readonly localSequence: number | undefined
}

export function toComparison(compared: Compared): Comparison {
  const { local, latest } = compared
  const status = toStatus(compared)
  const diff = diffPayloads(local.payload, latest.payload)
  return {
    status,
    localArtifactId: local.artifactId,
    remoteArtifactId: latest.artifactId,
    diff,
    summary: summaries[status](compared, countChanges(diff)),
    recommendation: recommendations[status](compared),
  }
}

export function diffPayloads(local: Payload, latest: Payload): PayloadDiff {
  const before = local.mcpServers
  const after = latest.mcpServers
  const shared = names(before).filter((name) => Object.hasOwn(after, name))
  const compared = shared.map((serverName) => ({
    serverName,
    changes: diffEntries(before[serverName], after[serverName]),
  }))
  return {
    added: names(after).filter((name) => !Object.hasOwn(before, name)),
    removed: names(before).filter((name) => !Object.hasOwn(after, name)),
    modified: compared.filter(({ changes }) => changes.length > 0),
    unchanged: compared.filter(({ changes }) => changes.length === 0).map(({ serverName }) => serverName),
  }
}

function diffEntries(
  before: ServerEntry | undefined,
  after: ServerEntry | undefined,
): readonly ValueChange[] {
  return diffValues('', { ...before }, { ...after })
}

function diffValues(path: string, before: JsonValue, after: JsonValue): readonly ValueChange[] {
  if (before === after) return []
  if (isList(before) && isList(after) && before.length === after.length) return diffLists(path, before, after)
  if (isMap(before) && isMap(after)) return diffMaps(path, before, after)
  return [{ path, oldValue: before, newValue: after }]
}

/** Item by item only at equal length: with an item put in front, every later item would read as changed. */
function diffLists(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): readonly ValueChange[] {
  return before.flatMap((value, index) => diffValues(`${path}/${index}`, value, after[index] ?? null))
}

function diffMaps(path: string, before: JsonObject, after: JsonObject): readonly ValueChange[] {
  const all = [...new Set([...names(before), ...names(after)])].sort()
  return all.flatMap((name) =>
    diffValues(`${path}/${escapeToken(name)}`, member(before, name), member(after, name)),
  )
}

function member(value: JsonObject, name: string): JsonValue {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null
}

/** RFC 6901 section 3. */
function escapeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function names(value: object): readonly string[] {
  return Object.keys(value).sort()
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isMap(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

function toStatus({ local, latest, localSequence }: Compared): ComparisonStatus {
  if (local.artifactId === latest.artifactId) return 'up-to-date'
  return localSequence === undefined ? 'diverged' : 'outdated'
}

const summaries = {
  'up-to-date': ({ ref, latest }) =>
    `Local equals release ${latest.sequence} of ${nameOf(ref)}, which is the latest.`,
  outdated: ({ ref, latest, localSequence }, counts) =>
    `Local equals release ${localSequence} of ${nameOf(ref)}; the latest is ${latest.sequence}: ${counts}.`,
  diverged: ({ ref, latest }, counts) =>
    `Local equals no release of ${nameOf(ref)}; to become its latest, ${latest.sequence}, it needs: ${counts}.`,
} as const satisfies Record<ComparisonStatus, (compared: Compared, counts: string) => string>

const recommendations = {
  'up-to-date': () => 'There is nothing to do.',
  outdated: ({ ref, latest }) =>
    `Use deploy_config on ${nameOf(ref)} to bring local to release ${latest.sequence}.`,
  diverged: ({ ref, latest }) =>
    `To keep local changes, make them in the draft with add_server_to_config and remove_server_from_config, then use publish_config. To drop them, use deploy_config on ${nameOf(ref)}, which writes release ${latest.sequence}.`,
} as const satisfies Record<ComparisonStatus, (compared: Compared) => string>

function countChanges(diff: PayloadDiff): string {
  const { added, removed, modified } = diff
  const noun = added.length === 1 ? 'server' : 'servers'
  return `${added.length} ${noun} added, ${removed.length} removed, ${modified.length} modified`
}

function nameOf({ clientId, profileId }: ProfileRef): string {
  return `${clientId}/${profileId}`
}
