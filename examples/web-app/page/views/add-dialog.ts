import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { choose, search } from '../actions/add-server.ts'
import type { ListedServer } from '../api-types.ts'
import type { App } from '../app.ts'
import type { AddDialog } from '../state.ts'
import { countOf } from '../words.ts'
import { type DialogContent, viewActions } from './dialog-parts.ts'
import { viewProblem } from './problem-box.ts'
import { viewServerForm } from './server-form.ts'

const pauseMs = 150

export function viewAddDialog(app: App, dialog: AddDialog): DialogContent {
  const { server, ref } = dialog
  if (server) return { title: `Add ${server.display_name}`, body: viewServerForm(app, dialog, server) }
  return { title: `Add a server to ${ref.client_id}/${ref.profile_id}`, body: viewSearch(app, dialog) }
}

function viewSearch(app: App, { found, problem, search: text, transport }: AddDialog): TemplateResult {
  return html`
    <div class="dialog-body">
      <div class="search" role="search">
        <input
          type="search"
          aria-label="Search the catalogue"
          placeholder="Search the catalogue"
          autofocus
          .value=${text}
          @input=${(event: InputEvent) => searchSoon(app, (event.target as HTMLInputElement).value)}
        />
        ${viewTransports(app, found?.transport_counts ?? {}, transport)}
      </div>
      ${problem ? viewProblem(problem) : nothing}
      <p class="hint" role="status">
        ${found ? `${countOf(found.servers.length, 'server')}.` : 'Searching…'}
        ${found?.next_cursor ? 'There are more; search to narrow them.' : nothing}
        ${found?.servers.length === 0 ? 'Try other words, or another transport.' : nothing}
      </p>
      <ul class="catalogue">
        ${repeat(
          found?.servers ?? [],
          ({ server_id }) => server_id,
          (server) => viewFound(app, server),
        )}
      </ul>
    </div>
    ${viewActions(nothing)}
  `
}

function viewTransports(app: App, counts: Readonly<Record<string, number>>, chosen: string): TemplateResult {
  return html`<select
    aria-label="Transport"
    @change=${(event: Event) => search(app, { transport: (event.target as HTMLSelectElement).value })}
  >
    <option value="">Any transport</option>
    ${Object.entries(counts).map(([name, count]) => html`<option value=${name} ?selected=${name === chosen}>${name} (${count})</option>`)}
  </select>`
}

function viewFound(app: App, server: ListedServer): TemplateResult {
  const { server_id, display_name, description, transport, requires_env } = server
  return html`<li>
    <button type="button" class="choice" @click=${() => choose(app, server_id)}>
      <span class="server-head"><strong>${display_name}</strong> <span class="tag">${transport}</span></span>
      <span class="muted">${description}</span>
      ${requires_env.length > 0 ? html`<span class="hint">Needs ${requires_env.join(', ')}</span>` : nothing}
    </button>
  </li>`
}

let pause: ReturnType<typeof setTimeout> | undefined

/** The server searches, so it is asked once the typing rests. */
function searchSoon(app: App, text: string): void {
  clearTimeout(pause)
  pause = setTimeout(() => void search(app, { search: text }), pauseMs)
}
