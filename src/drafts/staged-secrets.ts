import { OrchestrationError } from '../errors.ts'
import { type Secrets, secretName } from '../secrets/secrets.ts'
import type { Change, Store } from '../store/store.ts'
import type { ProfileRef } from '../vocabulary.ts'

export interface StagedSecrets {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: () => Date
  readonly ref: ProfileRef
  readonly serverName: string
  /** By the names of the server's variables. */
  readonly values: ReadonlyMap<string, string>
}

/** What goes into the commit of a server with secrets: it holds only while the name is ours, and gives it back. */
export type Conditions = Pick<Change, 'if' | 'delete'>

/**
 * Adds a server together with its secrets, which have to be in the vault before the commit that refers to them. If that commit is
 * refused, the vault must be as it was, also when another process is adding a server of the same name at the same moment. So whoever
 * touches the vault first claims the name in the store, for a while; then `check` has the last chance to refuse.
 */
export async function withSecrets<T>(
  staged: StagedSecrets,
  check: () => Promise<void>,
  commit: (conditions: () => Promise<Conditions>) => Promise<T>,
): Promise<T> {
  await check()
  if (staged.values.size === 0) return await commit(async () => ({}))
  const claim = await takeClaim(staged)
  const former: Former = new Map()
  try {
    await check()
    await putSecrets(staged, former)
    return await commit(() => conditionsOf(staged, claim))
  } catch (error) {
    // Why the server wasn't added is what the caller has to know; a vault in trouble shows at its next use.
    await takeBack(staged, claim, former).catch(() => undefined)
    throw error
  }
}

/** What the vault held before, by name. */
type Former = Map<string, string | undefined>

/** Longer than a commit is tried for, so that only what a crash left behind runs out. */
const claimMs = 30_000

/** The revision of the claim. One that has run out is anybody's: whoever held it is gone. */
async function takeClaim(staged: StagedSecrets): Promise<number> {
  const key = claimKey(staged)
  const held = await staged.store.get(key)
  const now = staged.clock().getTime()
  if (held && Date.parse(String(held.value)) > now) throw beingAdded(staged)
  const until = new Date(now + claimMs).toISOString()
  const outcome = await staged.store.commit({
    if: [{ key, revision: held?.revision ?? 0 }],
    put: { [key]: until },
  })
  if (!outcome.committed) throw beingAdded(staged)
  return outcome.revision
}

async function putSecrets(
  { secrets, ref, serverName, values }: StagedSecrets,
  former: Former,
): Promise<void> {
  for (const [variable, value] of values) {
    const name = secretName(ref, serverName, variable)
    former.set(name, await secrets.get(name))
    await secrets.put(name, value)
  }
}

/** Asked before each try, since a commit that the claim's loss lets fail would be tried in vain. */
async function conditionsOf(staged: StagedSecrets, claim: number): Promise<Conditions> {
  const key = claimKey(staged)
  const held = await staged.store.get(key)
  if (held?.revision !== claim) throw beingAdded(staged)
  return { if: [{ key, revision: claim }], delete: [key] }
}

/** Does nothing if the claim is no longer ours: then the commit went through after all, or the name is somebody else's. */
async function takeBack(staged: StagedSecrets, claim: number, former: Former): Promise<void> {
  const { store, secrets } = staged
  const key = claimKey(staged)
  // A store that can't be asked has most likely not committed either.
  const held = await store.get(key).catch(() => ({ revision: claim }))
  if (held?.revision !== claim) return
  await Promise.allSettled([...former].map(([name, value]) => restore(secrets, name, value)))
  await store.commit({ if: [{ key, revision: claim }], delete: [key] })
}

async function restore(secrets: Secrets, name: string, value: string | undefined): Promise<void> {
  await (value === undefined ? secrets.delete(name) : secrets.put(name, value))
}

function claimKey({ ref, serverName }: StagedSecrets): string {
  return `draft-claims/${ref.clientId}/${ref.profileId}/${serverName}`
}

function beingAdded({ ref, serverName }: StagedSecrets): OrchestrationError {
  return new OrchestrationError(
    'server_already_in_draft',
    `"${serverName}" is being added to the draft of ${ref.clientId}/${ref.profileId} right now. View the draft, then try again.`,
  )
}
