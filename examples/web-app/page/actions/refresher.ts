import type { Page } from '../app.ts'
import { concernsAll, toProblem } from '../problem.ts'
import { fetchClients, reloadProfile, reloadProfiles, tellUnread } from './profiles.ts'

/** Reads anew what has changed: one reading at a time, however many events tell of changes meanwhile. */
export function createRefresher(page: Page) {
  const stale = new Set<string>()
  let isRunning = false

  return { refresh, refreshAll }

  async function refresh(clientId: string): Promise<void> {
    stale.add(clientId)
    if (isRunning) return
    isRunning = true
    try {
      while (stale.size > 0) await refreshNext()
    } catch (error) {
      tell(error)
    } finally {
      isRunning = false
    }
  }

  async function refreshNext(): Promise<void> {
    const [clientId = ''] = stale
    stale.delete(clientId)
    await reloadProfiles(page, clientId)
    if (page.state.selected?.client_id === clientId) await reloadProfile(page)
  }

  /** A profile that can't be read is no reason to give up the stream, by which one learns that it can be read again. */
  async function refreshAll(): Promise<void> {
    try {
      page.update({ clients: await fetchClients(page.api) })
      await reloadProfile(page)
    } catch (error) {
      if (concernsAll(toProblem(error))) throw error
      tell(error)
    }
  }

  /** What concerns all, the stream finds out by itself. */
  function tell(error: unknown): void {
    const problem = toProblem(error)
    if (!concernsAll(problem)) tellUnread(page, problem)
  }
}
