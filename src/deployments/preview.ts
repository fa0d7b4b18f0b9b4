import type { Releases } from '../artifacts/releases.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import { isManaged, isUntouched } from './deployment.ts'
import { type Entries, maskedDiff, maskTexts, toMaskedEntries } from './masked-diff.ts'
import type { Prepared } from './preparation.ts'

/** What a deploy would change, for people to read. */
export async function previewOf(prepared: Prepared, releases: Releases): Promise<string> {
  const { client, release, target, plan } = prepared
  const after = toMaskedEntries(client, release.payload)
  const managedAfter = new Map([...after].filter(([name]) => plan.managed.has(name)))
  return maskedDiff(client, target.file.path, await maskedNow(prepared, releases), managedAfter)
}

/** The managed entries as they stand in the file: untouched ones as their release has them, edited ones without any text. */
async function maskedNow({ client, target, settled }: Prepared, releases: Releases): Promise<Entries> {
  if (!settled) return new Map()
  const { profileId, sequence, managed } = settled
  const ref = { clientId: client.clientId, profileId }
  const release = await releases.get(ref, { sequence }).catch(() => undefined)
  const released = release ? toMaskedEntries(client, release.payload) : new Map<string, JsonObject>()
  const show = (name: string, value: JsonValue) =>
    (isUntouched(managed, name, value) && released.get(name)) || (maskTexts(value) as JsonObject)
  const present = [...target.entries].filter(([name]) => isManaged(managed, name))
  return new Map(present.map(([name, value]) => [name, show(name, value)]))
}
