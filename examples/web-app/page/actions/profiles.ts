import type { Api } from '../api.ts'
import type { Client, ConfigDiff, Payload, Profile, ProfileRef } from '../api-types.ts'
import { type App, closeDialog, showDone, showProblem } from '../app.ts'
import { concernsAll, type Problem, toProblem } from '../problem.ts'
import { readRoute, toRoute } from '../route.ts'
import { type Changes, isSameRef, type ListedClient, type OpenProfile } from '../state.ts'

const historyPage = 10
/** As many as the API lists at once. */
const longestHistory = 100

/** Those without a profile need no second question. */
export async function fetchClients(api: Api): Promise<readonly ListedClient[]> {
  const clients = await api.clients()
  return await Promise.all(
    clients.map(async (client) => ({
      ...client,
      ...(client.profiles.length > 0 ? await fetchListed(api, client) : { listed: [] }),
    })),
  )
}

export async function reloadProfiles(app: App, clientId: string): Promise<void> {
  const fresh = await fetchListed(app.api, { client_id: clientId })
  const clients = app.state.clients?.map((each) => {
    const { problem: _, ...client } = each
    return each.client_id === clientId ? { ...client, ...fresh } : each
  })
  app.update({ clients })
}

/** A release that can't be trusted keeps its client's profiles from being listed; those of all others still can be. */
async function fetchListed(
  api: Api,
  { client_id }: Pick<Client, 'client_id'>,
): Promise<Pick<ListedClient, 'listed' | 'problem'>> {
  try {
    return { listed: await api.profiles(client_id) }
  } catch (error) {
    const problem = toProblem(error)
    if (concernsAll(problem)) throw error
    return { listed: [], problem }
  }
}

/** Shows the profile that the address names; the focus follows, as it does on a new page. */
export async function followRoute(app: App): Promise<void> {
  const selected = readRoute()
  closeDialog()
  app.update({ selected, profile: undefined, unread: undefined, notice: undefined })
  if (!app.connection || !selected) return
  try {
    await reloadProfile(app)
  } catch (error) {
    if (isSameRef(app.state.selected, selected)) tellUnread(app, toProblem(error))
  }
  document.querySelector<HTMLElement>('[data-focus]')?.focus()
}

/** Why the selected profile can't be read stands in its place, or above what was read before. */
export function tellUnread(app: App, problem: Problem): void {
  if (app.state.profile || !app.state.selected) showProblem(app, problem)
  else if (problem.code !== 'disconnected') app.update({ unread: problem })
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
  app.update({ profile: { ...loaded, ...keptValidation(app.state.profile, loaded) }, unread: undefined })
}

/** What a change of one's own has brought about, at once; events may tell the same a moment later. It is made, even if it can't be read. */
export async function showChange(app: App, { client_id }: ProfileRef, done: string): Promise<void> {
  try {
    await reloadProfiles(app, client_id)
    await reloadProfile(app)
    showDone(app, done)
  } catch (error) {
    const problem = toProblem(error)
    showProblem(app, {
      ...problem,
      detail: `${done} But what is shown here is from before: ${problem.detail}`,
    })
  }
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
