import { html, type TemplateResult } from 'lit-html'
import type { ServerChange } from '../api-types.ts'
import type { Changes } from '../state.ts'
import { viewBadge } from './badges.ts'

/** What publishing does, told as what becomes of each server. */
export function viewChanges({ added, removed, modified }: Changes): TemplateResult {
  if (added.length + removed.length + modified.length === 0)
    return html`<p class="empty">The draft has the same servers as the latest release.</p>`
  return html`<ul class="changes">
    ${added.map((name) => html`<li>${viewBadge({ tone: 'good', text: '+ Added' })} <strong>${name}</strong></li>`)}
    ${removed.map((name) => html`<li>${viewBadge({ tone: 'bad', text: '− Removed' })} <strong>${name}</strong></li>`)}
    ${modified.map(
      ({ server_name, changes }) =>
        html`<li>
          ${viewBadge({ tone: 'info', text: '± Changed' })} <strong>${server_name}</strong>
          <dl>${changes.map(viewChange)}</dl>
        </li>`,
    )}
  </ul>`
}

function viewChange({ path, old_value, new_value }: ServerChange): TemplateResult {
  return html`<dt><code>${path}</code></dt>
    <dd class="minus"><span aria-hidden="true">−</span> <span class="unseen">was</span> <code>${textOf(old_value)}</code></dd>
    <dd class="plus"><span aria-hidden="true">+</span> <span class="unseen">becomes</span> <code>${textOf(new_value)}</code></dd>`
}

function textOf(value: unknown): string {
  return value === null ? 'nothing' : JSON.stringify(value)
}
