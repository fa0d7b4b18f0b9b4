import { type Credentials, createApi } from '../api.ts'
import type { Page } from '../app.ts'
import { isTokenRefused, type Problem, toProblem } from '../problem.ts'
import { initialState } from '../state.ts'
import { stayLive } from './live.ts'
import { fetchClients } from './profiles.ts'

/** A token lives in memory, or, for whoever asks for that, in the storage of this one tab. */
const storageKey = 'mcp-orchestration'

export async function connect(page: Page, credentials: Credentials, isKept: boolean): Promise<void> {
  const { server } = credentials
  const over = new AbortController()
  if (!isKept) sessionStorage.removeItem(storageKey)
  page.update({ session: { status: 'opening', server } })
  try {
    const api = createApi(credentials, over.signal)
    const clients = await fetchClients(api)
    if (isKept) sessionStorage.setItem(storageKey, JSON.stringify(credentials))
    page.update({ clients, session: { status: 'open', server } })
    document.querySelector<HTMLElement>('[data-focus]')?.focus()
    stayLive(page, api, over, (problem) => disconnect(page, problem))
  } catch (error) {
    close(page, server, toProblem(error))
  }
}

/** Forgets the token and all that was read with it. */
export function disconnect(page: Page, problem?: Problem): void {
  page.connection?.end()
  page.connection = undefined
  close(page, page.state.session.server, problem)
}

export function keptCredentials(): Credentials | undefined {
  const kept = sessionStorage.getItem(storageKey)
  return kept === null ? undefined : (JSON.parse(kept) as Credentials)
}

/** The focus goes to where one can do something about it. A token that was kept goes when one disconnects or nobody knows it. */
function close(page: Page, server: string, problem?: Problem): void {
  const { servers, selected } = page.state
  if (!problem || isTokenRefused(problem.code)) sessionStorage.removeItem(storageKey)
  const session = { status: 'closed', server, ...(problem && { problem }) } as const
  page.update({ ...initialState(servers, server), selected, session })
  document.querySelector<HTMLInputElement>('input[name=token]')?.focus()
}
