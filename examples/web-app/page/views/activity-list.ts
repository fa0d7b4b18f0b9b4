import { html, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { App } from '../app.ts'
import { toRoute } from '../route.ts'
import type { Activity } from '../state.ts'
import { toClock } from '../words.ts'

export function viewActivity({ state }: App): TemplateResult {
  return html`
    <section class="card" aria-labelledby="activity-title">
      <div class="section-head"><h2 id="activity-title">Activity</h2></div>
      ${
        state.activity.length === 0
          ? html`<p class="empty">What happens from now on appears here, whoever does it.</p>`
          : html`<ol class="activity">${repeat(state.activity, ({ id }) => id, viewOne)}</ol>`
      }
    </section>
  `
}

function viewOne({ at, ref, text }: Activity): TemplateResult {
  return html`<li>
    <time datetime=${new Date(at).toISOString()}>${toClock(at)}</time>
    <a href=${toRoute(ref)}>${ref.client_id}/${ref.profile_id}</a>
    <span>${text}</span>
  </li>`
}
