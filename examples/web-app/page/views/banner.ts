import { html, nothing } from 'lit-html'
import type { App } from '../app.ts'
import { cross } from './icons.ts'
import { viewProblem } from './problem-box.ts'

/** That nothing answers is said once; the seconds that pass are for the eye alone. */
export function viewBanner({ state, connection }: App) {
  const { stream } = state
  if (stream.status === 'live' || !stream.problem) return nothing
  return html`
    <div class="banner">
      <p role="alert">
        <strong>${stream.problem.title}</strong>
        What you see may be out of date. It is refreshed as soon as ${state.session.server} answers.
      </p>
      <p class="countdown" aria-hidden="true">
        ${stream.status === 'waiting' ? `Trying again in ${secondsUntil(stream.retryAt)} s` : 'Trying now…'}
      </p>
      <button type="button" @click=${() => connection?.retryNow()}>Try now</button>
    </div>
  `
}

/** What came of the last thing that was done. The element is always there, so that its text is read out when it changes. */
export function viewNotice(app: App) {
  const { notice } = app.state
  return html`
    <div class="notice-area" role="status">
      ${
        notice &&
        html`<div class="notice ${notice.kind}">
          ${notice.problem ? viewProblem(notice.problem) : html`<p>${notice.text}</p>`}
          <button
            type="button"
            class="quiet"
            aria-label="Dismiss"
            @click=${() => app.update({ notice: undefined })}
          >
            ${cross}
          </button>
        </div>`
      }
    </div>
  `
}

function secondsUntil(time: number): number {
  return Math.max(1, Math.ceil((time - Date.now()) / 1000))
}
