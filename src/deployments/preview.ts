import type { Releases } from '../artifacts/releases.ts'
import type { Client } from '../clients/client.ts'
import type { JsonObject, JsonValue, ProfileRef } from '../vocabulary.ts'
import { type Deployment, isManaged, isUntouched } from './deployment.ts'
import { type Entries, maskedDiff, maskTexts, toMaskedEntries } from './masked-diff.ts'
import type { Plan } from './plan.ts'
import type { Prepared } from './preparation.ts'

type MayRead = (ref: ProfileRef) => boolean

/** What a deploy would change, for people to read. Of a profile that they may not read they see the names of its entries. */
export async function previewOf(prepared: Prepared, releases: Releases, mayRead: MayRead): Promise<string> {
  const { client, release, target, plan } = prepared
  const after = toMaskedEntries(client, release.payload)
  const managedAfter = new Map([...after].filter(([name]) => plan.managed.has(name)))
  const before = await managedNow(prepared, after, releases, mayRead)
  return maskedDiff(client, target.file.path, before, managedAfter)
}

/** The managed entries that stand in the file. */
async function managedNow(
  { client, target, settled, plan }: Prepared,
  after: Entries,
  releases: Releases,
  mayRead: MayRead,
): Promise<Entries> {
  if (!settled) return new Map()
  const ref = { clientId: client.clientId, profileId: settled.profileId }
  const show = mayRead(ref) ? await showAsReleased(client, settled, releases) : showNames(plan, after)
  const present = [...target.entries].filter(([name]) => isManaged(settled.managed, name))
  return new Map(present.map(([name, value]) => [name, show(name, value)]))
}

type Show = (name: string, value: JsonValue) => JsonObject

/** Untouched entries as their release has them, edited ones without any text. */
async function showAsReleased(
  client: Client,
  { profileId, sequence, managed }: Deployment,
  releases: Releases,
): Promise<Show> {
  const ref = { clientId: client.clientId, profileId }
  const release = await releases.get(ref, { sequence }).catch(() => undefined)
  const released: Entries = release ? toMaskedEntries(client, release.payload) : new Map()
  return (name, value) =>
    (isUntouched(managed, name, value) && released.get(name)) || (maskTexts(value) as JsonObject)
}

/** Nothing but names; an entry that is kept stands in the new release just so. */
function showNames({ kept }: Plan, after: Entries): Show {
  return (name) => (kept.includes(name) && after.get(name)) || {}
}
