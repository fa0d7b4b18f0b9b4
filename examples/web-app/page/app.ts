import type { TemplateResult } from 'lit-html'
import { render } from 'lit-html'
import type { Api } from './api.ts'
import { disconnected, type Problem, toProblem } from './problem.ts'
import type { Dialog, State } from './state.ts'

/** What views and actions are given: the state, the one way to replace parts of it, and the API once there is a token. */
export interface App {
  readonly state: State
  /** Shows the new state at once. */
  update(change: Partial<State>): void
  readonly connection: Connection | undefined
  readonly api: Api
}

/** What belongs to one token, and goes with it. */
export interface Connection {
  readonly api: Api
  /** Says that it is over. */
  readonly signal: AbortSignal
  end(): void
  /** Ends the wait for the next try, or a try that hangs. */
  retryNow(): void
}

export interface Page extends App {
  connection: Connection | undefined
}

export function createApp(root: HTMLElement, initial: State, view: (app: Page) => TemplateResult): Page {
  let state = initial
  const app: Page = {
    connection: undefined,
    get state() {
      return state
    },
    get api() {
      if (!app.connection) throw disconnected()
      return app.connection.api
    },
    update(change) {
      state = { ...state, ...change }
      render(view(app), root)
    },
  }
  return app
}

/** Replaces parts of the open dialog, if it is still there. */
export function updateDialog<Kind extends Dialog['kind']>(
  app: App,
  kind: Kind,
  change: Partial<Extract<Dialog, { readonly kind: Kind }>>,
): void {
  const { dialog } = app.state
  if (dialog?.kind === kind) app.update({ dialog: { ...dialog, ...change } as Dialog })
}

/** Closing gives the focus back to the button that opened it; the `close` event then clears the state. */
export function closeDialog(): void {
  document.querySelector<HTMLDialogElement>('dialog[open]')?.close()
}

/** Whoever has closed the dialog is told on the page what became of it. */
export function isOpen(app: App, kind: Dialog['kind']): boolean {
  return app.state.dialog?.kind === kind
}

/** Does one thing at a time. What goes wrong is shown, and a scope that lacks is remembered. Nothing is told once the token is gone. */
export async function attempt(
  app: App,
  act: () => Promise<void>,
  onProblem: (problem: Problem) => void | Promise<void> = (problem) => showProblem(app, problem),
): Promise<void> {
  const { connection } = app
  if (app.state.isBusy || !connection) return
  app.update({ isBusy: true, notice: undefined })
  try {
    await act()
  } catch (error) {
    if (connection.signal.aborted) return
    const problem = toProblem(error)
    rememberScope(app, problem)
    await Promise.resolve(onProblem(problem)).catch((next) => showProblem(app, toProblem(next)))
  } finally {
    if (!connection.signal.aborted) app.update({ isBusy: false })
  }
}

export function showProblem(app: App, problem: Problem): void {
  if (problem.code === 'disconnected') return
  app.update({ notice: { kind: 'failed', text: problem.title, problem } })
}

export function showDone(app: App, text: string): void {
  app.update({ notice: { kind: 'done', text } })
}

function rememberScope(app: App, { missingScope }: Problem): void {
  if (missingScope) app.update({ missingScopes: [...app.state.missingScopes, missingScope] })
}
