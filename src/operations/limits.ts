import { OrchestrationError } from '../errors.ts'
import { isObject, shorten } from '../json.ts'
import { isWithinLimits, type Limits, type ProfileRef, referencePattern, type Scope } from '../vocabulary.ts'

/** Who may be limited. */
interface Limited {
  readonly limits?: Limits | null
}

type Place = Pick<ProfileRef, 'clientId'> & Partial<ProfileRef>

/** Whether the principal may know of the client, or of the profile. */
export function isWithin({ limits = null }: Limited, place: Place): boolean {
  return isWithinLimits(limits, place)
}

/** Which of the client's profiles the principal is limited to; undefined when it may know of all of them. */
export function profilesWithin(
  { limits = null }: Limited,
  { clientId }: Pick<Place, 'clientId'>,
): readonly string[] | undefined {
  if (!limits || limits.clients.includes(clientId)) return undefined
  const own = `${clientId}/`
  return limits.profiles.filter((each) => each.startsWith(own)).map((each) => each.slice(own.length))
}

/** `insufficient_scope`, which is also what a limit is, for a client or profile beyond the principal's limits. */
export function requireWithin(principal: Limited, { clientId, profileId }: Place): void {
  if (isWithin(principal, { clientId, ...(profileId !== undefined && { profileId }) })) return
  const place = profileId === undefined ? clientId : `${clientId}/${profileId}`
  throw new OrchestrationError(
    'insufficient_scope',
    `${place} is beyond the limits of ${inWords(principal)}.`,
  )
}

/** `insufficient_scope` for what concerns everybody, of whoever is limited at all; `what` begins the sentence. */
export function requireUnlimited(principal: Limited, what: string): void {
  if (principal.limits)
    throw new OrchestrationError(
      'insufficient_scope',
      `${what} is beyond the limits of ${inWords(principal)}.`,
    )
}

/**
 * That an operation's input names no client or profile beyond the principal's limits. A secret's name says whose it is, so a change may
 * not refer to one from beyond them either: a deploy would hand its value over.
 */
export function refuseBeyondLimits(principal: Limited, scope: Scope, input: unknown): void {
  if (!principal.limits || !isObject(input)) return
  const { client_id: clientId, profile_id: profileId } = input
  if (typeof clientId === 'string')
    requireWithin(principal, { clientId, ...(typeof profileId === 'string' && { profileId }) })
  if (scope !== 'read') for (const owner of secretOwners(input)) requireWithin(principal, owner)
}

const reference = new RegExp(referencePattern, 'gu')

/** Whose secrets are referred to, wherever in the value. A name that is not of our making belongs to nobody. */
function secretOwners(value: unknown): readonly Required<Place>[] {
  if (typeof value === 'string')
    return [...value.matchAll(reference)].flatMap(({ groups }) => ownerOf(groups))
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretOwners) : []
}

function ownerOf({ source, name = '' }: Readonly<Record<string, string>> = {}): readonly Required<Place>[] {
  if (source !== 'secret') return []
  const [clientId = '', profileId = ''] = name.split('/')
  return [{ clientId: shorten(clientId), profileId: shorten(profileId) }]
}

const mostNamed = 5

function inWords({ limits }: Limited): string {
  const names = [...(limits?.clients ?? []), ...(limits?.profiles ?? [])]
  const more = names.length - mostNamed
  return `the credential: ${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
