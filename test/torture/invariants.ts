import { readStatement, toReleaseDigest } from '../../src/artifacts/statement.ts'
import { artifactKey, headKey, newestKey } from '../../src/artifacts/store-keys.ts'
import { draftKey } from '../../src/drafts/draft.ts'
import { isObject } from '../../src/json.ts'
import type { JsonValue } from '../../src/vocabulary.ts'
import { fileInvariants } from './file-invariants.ts'
import { theKey } from './journal.ts'
import { type Invariant, keysUnder, type Scene } from './scene.ts'

export const invariants: readonly Invariant[] = [
  {
    name: 'sound store',
    says: 'SQLite finds its own file in order.',
    *check({ integrity }) {
      if (integrity !== 'ok') yield integrity
    },
  },
  {
    name: 'drafts',
    says: 'Each server that was added or removed, and acknowledged, is there or gone, as it was asked for.',
    *check({ journal, entries }) {
      for (const place of journal.entries.names()) {
        const found = markerIn(entries, place)
        const possible = journal.entries.possible(place)
        if (!possible.includes(found))
          yield `${place} is ${found}, but ${possible.map(String).join(' or ')} was asked for`
      }
    },
  },
  {
    name: 'draft revisions',
    says: 'The revision of a draft never goes back behind one that was told.',
    async *check({ journal, orchestrator }) {
      for (const [ref, told] of journal.revisions) {
        const { revision } = await orchestrator.drafts.view(toRef(ref))
        if (revision < told) yield `${ref} has revision ${revision}, though ${told} was told`
      }
    },
  },
  {
    name: 'sequences',
    says: 'The releases of a profile are numbered 1, 2, 3, … without a gap, and the store has no others.',
    *check({ releases, entries }) {
      for (const [ref, found] of releases) {
        const misplaced = found.findIndex(({ sequence }, index) => sequence !== index + 1)
        if (misplaced >= 0) yield `${ref} has ${found[misplaced]?.sequence} in the place of ${misplaced + 1}`
      }
      const known = [...releases.values()].reduce((sum, found) => sum + found.length, 0)
      const stored = keysUnder(entries, 'releases/').length
      if (known !== stored) yield `the store has ${stored} releases, the profiles ${known}`
    },
  },
  {
    name: 'signatures and links',
    says: 'Every release verifies with a trusted key and names the digest of the one before it.',
    async *check({ releases, orchestrator }) {
      const trusted = await orchestrator.keys.trusted()
      for (const [ref, found] of releases) {
        let previous: string | null = null
        for (const { envelope, sequence, signingKeyId } of found) {
          const bytes = Buffer.from(envelope.payload, 'base64')
          if (!trusted.has(signingKeyId)) yield `${ref} ${sequence} was signed with ${signingKeyId}`
          if (readStatement(bytes)?.previousRelease !== previous) yield `${ref} ${sequence} has a wrong link`
          previous = toReleaseDigest(bytes)
        }
      }
    },
  },
  {
    name: 'artifacts',
    says: 'No artifact is without its release, and no release without its artifact.',
    *check({ releases, entries }) {
      const named = new Set([...releases.values()].flat().map(({ artifactId }) => artifactKey(artifactId)))
      const stored = new Set(keysUnder(entries, 'artifacts/'))
      for (const key of stored) if (!named.has(key)) yield `${key} belongs to no release`
      for (const key of named) if (!stored.has(key)) yield `${key} is missing`
    },
  },
  {
    name: 'heads and index',
    says: 'The records that say which release is the latest, and the latest with an artifact, agree with the releases.',
    *check({ releases, entries }) {
      for (const [name, found] of releases) {
        const ref = toRef(name)
        const head = entries.get(headKey(ref))
        const sequence = isObject(head) ? head.sequence : undefined
        if (sequence !== found.at(-1)?.sequence) yield `the head of ${name} says ${sequence}`
        const newest = new Map(found.map((each) => [newestKey(ref, each.artifactId), each.sequence]))
        for (const [key, last] of newest)
          if (entries.get(key) !== last) yield `${key} says ${entries.get(key)}`
        if (keysUnder(entries, newestKey(ref, '')).length !== newest.size)
          yield `${name} has index records too many`
      }
    },
  },
  {
    name: 'publications',
    says: 'Each publication that was acknowledged is the release it was said to be; each release was asked for, and once.',
    *check({ releases, journal }) {
      const found = new Map(
        [...releases].flatMap(([ref, list]) =>
          list.map((each) => [each.changelog ?? '', { ref, ...each }] as const),
        ),
      )
      const count = [...releases.values()].reduce((sum, list) => sum + list.length, 0)
      if (found.size !== count) yield `${count - found.size} releases have a changelog that another has`
      for (const changelog of found.keys())
        if (!journal.publications.has(changelog)) yield `nobody asked for "${changelog}"`
      for (const [changelog, { ref, acknowledged }] of journal.publications) {
        if (!acknowledged) continue
        const { sequence, artifactId } = acknowledged
        const release = found.get(changelog)
        const isThere =
          release?.ref === ref && release.sequence === sequence && release.artifactId === artifactId
        if (!isThere) yield `"${changelog}", acknowledged as ${ref} ${sequence}, is not there`
      }
    },
  },
  {
    name: 'tokens',
    says: 'A token that was acknowledged as made is good, and one that was acknowledged as revoked is not.',
    async *check({ journal, orchestrator }) {
      for (const token of journal.tokens.names()) {
        const isGood = (await orchestrator.tokens.verify(token)) !== undefined
        if (!journal.tokens.possible(token).includes(isGood))
          yield `a token is ${isGood ? 'good' : 'no good'}`
      }
    },
  },
  {
    name: 'audit',
    says: 'The chain of the audit log is whole, and each change that was acknowledged is in it as done.',
    async *check({ orchestrator: { audit }, entries, journal }) {
      const verification = await audit.verify()
      if (!verification.ok) yield verification.message
      const log = keysUnder(entries, 'audit/').map((key) => entries.get(key))
      const done = new Set(
        log.flatMap((entry) => (isObject(entry) && entry.outcome === 'done' ? [entry.request_id] : [])),
      )
      const missing = [...journal.acknowledged].filter((requestId) => !done.has(requestId))
      if (missing.length > 0) yield `${missing.length} acknowledged changes are not in the log as done`
    },
  },
  ...fileInvariants,
]

/** Takes what was found for what is there, once it has been judged: the next round begins with it. */
export async function settle({ journal, entries, orchestrator, releases, files }: Scene): Promise<void> {
  for (const place of journal.entries.names()) journal.entries.settle(place, markerIn(entries, place))
  for (const name of journal.secrets.names())
    journal.secrets.settle(name, (await orchestrator.secrets.get(name)) ?? null)
  for (const token of journal.tokens.names())
    journal.tokens.settle(token, (await orchestrator.tokens.verify(token)) !== undefined)
  for (const { client } of files)
    journal.files.settle(client.clientId, await orchestrator.deployments.current(client.clientId))
  journal.signingKey.settle(theKey, (await orchestrator.keys.signer()).keyId)
  const published = new Map([...releases.values()].flat().map((each) => [each.changelog, each]))
  for (const [changelog, { ref }] of journal.publications) {
    const acknowledged = published.get(changelog)
    if (acknowledged) journal.publications.set(changelog, { ref, acknowledged })
    else journal.publications.delete(changelog)
  }
}

function markerIn(entries: Scene['entries'], place: string): string | null {
  const [clientId = '', profileId = '', name = ''] = place.split('/')
  const draft = entries.get(draftKey({ clientId, profileId }))
  const servers = isObject(draft) ? draft.mcpServers : undefined
  return isObject(servers) ? markerOf(servers[name]) : null
}

/** What of an entry tells which request wrote it. */
function markerOf(entry: unknown): string | null {
  if (!isObject(entry)) return null
  const { args, env } = entry as { readonly args?: JsonValue; readonly env?: JsonValue }
  const host = isObject(env) ? env.GITHUB_HOST : undefined
  const folder = Array.isArray(args) ? args.find((arg) => String(arg).startsWith('/torture/')) : undefined
  return String(host ?? folder ?? '') || null
}

function toRef(name: string) {
  const [clientId = '', profileId = ''] = name.split('/')
  return { clientId, profileId }
}
