import type { Api } from '../api.ts'
import type { ConfigDiff, Payload, Profile, ProfileRef } from '../api-types.ts'
import { type App, closeDialog, showProblem } from '../app.ts'
import { toProblem } from '../problem.ts'
import { readRoute, toRoute } from '../route.ts'
import { type Changes, isSameRef, type ListedClient, type OpenProfile } from '../state.ts'

const historyPage = 10
/** As many as the API lists at once. */
const longestHistory = 100

/** Those without a profile need no second question. */
export async function fetchClients(api: Api): Promise<readonly ListedClient[]> {
  const clients = await api.clients()
  return await Promise.all(
    clients.map(async (client) => {
      const listed = client.profiles.length > 0 ? await api.profiles(client.client_id) : []
      return { ...client, listed }
    }),
  )
}

export async function reloadProfiles(app: App, clientId: string): Promise<void> {
  const listed = await app.api.profiles(clientId)
  const clients = app.state.clients?.map((each) => (each.client_id === clientId ? { ...each, listed } : each))
  app.update({ clients })
}

/** Shows the profile that the address names; the focus follows, as it does on a new page. */
export async function followRoute(app: App): Promise<void> {
  const selected = readRoute()
  closeDialog()
  app.update({ selected, profile: undefined, notice: undefined })
  if (!app.connection || !selected) return
  try {
    await reloadProfile(app)
    document.querySelector<HTMLElement>('[data-focus]')?.focus()
  } catch (error) {
    showProblem(app, toProblem(error))
  }
}

export function goTo(ref: ProfileRef): void {
  location.hash = toRoute(ref)
}

/** Reads all of the selected profile. An answer that comes when another one is selected, or the token gone, is dropped. */
export async function reloadProfile(app: App): Promise<void> {
  const { selected } = app.state
  const { connection } = app
  if (!selected || !connection) return
  const loaded = await fetchProfile(connection.api, selected, shownHistory(app, selected))
  if (connection.signal.aborted || !isSameRef(app.state.selected, selected)) return
  app.update({ profile: { ...loaded, ...keptValidation(app.state.profile, loaded) } })
}

/** What a change of one's own has brought about, at once; events may tell the same a moment later. */
export async function showChange(app: App, { client_id }: ProfileRef): Promise<void> {
  await reloadProfiles(app, client_id)
  await reloadProfile(app)
}

export async function loadMoreHistory(app: App, profile: OpenProfile): Promise<void> {
  const before = profile.history.at(-1)?.sequence ?? 1
  const more = await app.api.history(profile.ref, { limit: historyPage, before })
  if (app.state.profile !== profile) return
  const history = [...profile.history, ...more]
  app.update({ profile: { ...profile, history, hasMoreHistory: hasMore(history) } })
}

/** The difference as publishing makes it, which is the other way round than towards the latest release. */
export async function fetchChanges(api: Api, ref: ProfileRef, draft: Payload): Promise<Changes> {
  return toChanges(await api.diff(ref, draft))
}

function toChanges({ servers_added, servers_removed, servers_modified }: ConfigDiff): Changes {
  const modified = servers_modified.map(({ server_name, changes }) => ({
    server_name,
    changes: changes.map((each) => ({ ...each, old_value: each.new_value, new_value: each.old_value })),
  }))
  return { added: servers_removed, removed: servers_added, modified }
}

/** What is not published yet is not asked for: that would be answered with a 404, which a browser logs as an error. */
async function fetchProfile(api: Api, ref: ProfileRef, limit: number): Promise<OpenProfile> {
  const [listed, draft] = await Promise.all([api.profiles(ref.client_id), api.draft(ref)])
  const profile = listed.find(({ profile_id }) => profile_id === ref.profile_id)
  const released = isReleased(profile) ? await fetchReleased(api, ref, draft.value.draft, limit) : unreleased
  return { ref, draft, deployment: profile?.deployment ?? null, ...released }
}

async function fetchReleased(api: Api, ref: ProfileRef, draft: Payload, limit: number) {
  const [latest, changes] = await Promise.all([api.latest(ref), fetchChanges(api, ref, draft)])
  const { metadata, ...release } = latest.value
  const earlier = await api.history(ref, { limit, before: metadata.sequence })
  const history = [{ ...release, ...metadata }, ...earlier]
  return { latest, changes, history, hasMoreHistory: hasMore(history) }
}

const unreleased = { history: [], hasMoreHistory: false }

function isReleased(profile: Profile | undefined): boolean {
  return profile?.sequence != null
}

/** What one has gone back to stays in view. */
function shownHistory({ state }: App, ref: ProfileRef): number {
  const shown = isSameRef(state.profile?.ref, ref) ? (state.profile?.history.length ?? 0) : 0
  return Math.min(longestHistory, Math.max(historyPage, shown))
}

/** Sequences begin with 1. */
function hasMore(history: OpenProfile['history']): boolean {
  return (history.at(-1)?.sequence ?? 1) > 1
}

/** What was found in a draft holds for as long as it is the same one. */
function keptValidation(before: OpenProfile | undefined, now: OpenProfile): Partial<OpenProfile> {
  const isSame = before && isSameRef(before.ref, now.ref) && before.draft.etag === now.draft.etag
  return isSame && before.validation ? { validation: before.validation } : {}
}
