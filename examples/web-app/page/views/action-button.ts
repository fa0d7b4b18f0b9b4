import { html, type TemplateResult } from 'lit-html'
import type { Scope } from '../api-types.ts'
import type { App } from '../app.ts'

export interface ActionButton {
  readonly text: string | TemplateResult
  /** Without which the server would refuse it. */
  readonly scope: Scope
  readonly onClick: () => unknown
  /** The one thing to do next. */
  readonly isPrimary?: boolean
  /** One of many alike. */
  readonly isSmall?: boolean
  /** Whether there is anything to do it to. Default: true. */
  readonly isPossible?: boolean
  /** What tells it from others of the same text. */
  readonly label?: string
}

/** While something is under way it can't be pressed but keeps the focus, which a disabled button would lose. */
export function viewButton({ state }: App, button: ActionButton): TemplateResult {
  const { text, scope, onClick, isPrimary = false, isSmall = false, isPossible = true, label } = button
  const lacksScope = state.missingScopes.includes(scope)
  return html`<button
    type="button"
    class=${isPrimary ? 'primary' : isSmall ? 'small' : ''}
    aria-label=${label ?? (typeof text === 'string' ? text : '')}
    title=${lacksScope ? `This token lacks the scope ${scope}.` : ''}
    ?disabled=${lacksScope || !isPossible}
    aria-disabled=${state.isBusy}
    @click=${() => void (state.isBusy || onClick())}
  >
    ${text}
  </button>`
}
