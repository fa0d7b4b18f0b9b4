import { OrchestrationError } from '../errors.ts'
import { type Secrets, secretName } from '../secrets/secrets.ts'
import type { Change, Entry, Store } from '../store/store.ts'
import type { ProfileRef } from '../vocabulary.ts'

/**
 * The secrets of a server that is being added. They have to be in the vault before the commit that refers to them, and a commit that
 * is refused must leave the vault as it was, also when another process is adding a server of the same name at the same moment.
 * So whoever touches the vault first claims the name in the store, for a while; the commit gives the claim back.
 */
export interface StagedSecrets {
  /** Puts the values into the vault. The answer belongs into the commit. Asked again, it puts only what it has to. */
  put(): Promise<Pick<Change, 'if' | 'delete'>>
  /** The commit didn't come: the vault gets its former values back. After a commit that did come this does nothing. */
  takeBack(): Promise<void>
}

export interface StagedSecretsOptions {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: () => Date
  readonly ref: ProfileRef
  readonly serverName: string
  /** By the names of the server's variables. */
  readonly values: ReadonlyMap<string, string>
}

/** Longer than an update is tried for, so that only what a crash left behind runs out. */
const claimMs = 30_000

export function stageSecrets(options: StagedSecretsOptions): StagedSecrets {
  const { store, secrets, ref, serverName, values } = options
  const key = claimKey(options)
  const former = new Map<string, string | undefined>()
  let claim = 0

  return {
    async put() {
      if (values.size === 0) return {}
      await holdClaim()
      for (const [variable, value] of values) await replace(secretName(ref, serverName, variable), value)
      return { if: [{ key, revision: claim }], delete: [key] }
    },
    async takeBack() {
      if (claim === 0 || !(await isClaimOurs())) return
      await Promise.allSettled([...former].map(([name, value]) => restore(secrets, name, value)))
      await store.commit({ if: [{ key, revision: claim }], delete: [key] })
    },
  }

  async function holdClaim(): Promise<void> {
    const held = await store.get(key)
    if (held && held.revision === claim) return
    former.clear()
    claim = await takeClaim(options, held)
  }

  async function replace(name: string, value: string): Promise<void> {
    if (former.has(name)) return
    former.set(name, await secrets.get(name))
    await secrets.put(name, value)
  }

  /** A store that can't be asked has most likely not committed either. */
  async function isClaimOurs(): Promise<boolean> {
    const held = await store.get(key).catch(() => ({ revision: claim }))
    return held?.revision === claim
  }
}

function claimKey({ ref, serverName }: StagedSecretsOptions): string {
  return `draft-claims/${ref.clientId}/${ref.profileId}/${serverName}`
}

/** A claim that has run out is anybody's: whoever held it is gone. */
async function takeClaim(options: StagedSecretsOptions, held: Entry | undefined): Promise<number> {
  const key = claimKey(options)
  const now = options.clock().getTime()
  if (held && Date.parse(String(held.value)) > now) throw beingAdded(options)
  const until = new Date(now + claimMs).toISOString()
  const outcome = await options.store.commit({
    if: [{ key, revision: held?.revision ?? 0 }],
    put: { [key]: until },
  })
  if (!outcome.committed) throw beingAdded(options)
  return outcome.revision
}

async function restore(secrets: Secrets, name: string, value: string | undefined): Promise<void> {
  await (value === undefined ? secrets.delete(name) : secrets.put(name, value))
}

function beingAdded({ ref, serverName }: StagedSecretsOptions): OrchestrationError {
  return new OrchestrationError(
    'server_already_in_draft',
    `"${serverName}" is being added to the draft of ${ref.clientId}/${ref.profileId} right now. View the draft, then try again.`,
  )
}
