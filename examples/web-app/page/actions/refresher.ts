import { type Page, showProblem } from '../app.ts'
import { toProblem } from '../problem.ts'
import { fetchClients, reloadProfile, reloadProfiles } from './profiles.ts'

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

  async function refreshAll(): Promise<void> {
    page.update({ clients: await fetchClients(page.api) })
    await reloadProfile(page)
  }

  /** That nothing answers, the stream finds out by itself. */
  function tell(error: unknown): void {
    if (!page.connection) return
    const problem = toProblem(error)
    if (problem.code !== 'unreachable') showProblem(page, problem)
  }
}
