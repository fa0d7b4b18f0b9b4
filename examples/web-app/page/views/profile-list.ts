import { html, nothing, type TemplateResult } from 'lit-html'
import type { Profile } from '../api-types.ts'
import type { App } from '../app.ts'
import { toRoute } from '../route.ts'
import { isSameRef, type ListedClient } from '../state.ts'
import { countOf } from '../words.ts'
import { viewBadges } from './badges.ts'
import { plus } from './icons.ts'
import { viewProblem } from './problem-box.ts'

export function viewProfileList(app: App): TemplateResult {
  const { clients = [], filter } = app.state
  const shown = clients.map((each) => ({ ...each, listed: matching(each, filter) }))
  const inUse = shown.filter(({ listed, problem }) => listed.length > 0 || problem)
  return html`
    <nav class="profiles" aria-labelledby="profiles-title">
      <div class="section-head">
        <h2 id="profiles-title">Profiles</h2>
        <button type="button" @click=${() => app.update({ dialog: { kind: 'new-profile' }, notice: undefined })}>
          ${plus} New profile
        </button>
      </div>
      <input
        type="search"
        aria-label="Filter clients and profiles"
        placeholder="Filter clients and profiles"
        .value=${filter}
        @input=${(event: InputEvent) => app.update({ filter: (event.target as HTMLInputElement).value })}
      />
      <p class="hint" role="status">${summaryOf(clients, shown)}</p>
      ${inUse.map((client) => viewClient(app, client))}
    </nav>
  `
}

function viewClient(
  { state }: App,
  { client_id, display_name, listed, problem }: ListedClient,
): TemplateResult {
  return html`
    <section class="client">
      <h3>${display_name}</h3>
      ${problem ? viewProblem(problem) : nothing}
      <ul>
        ${listed.map((profile) => {
          const ref = { client_id, profile_id: profile.profile_id }
          return html`<li>
            <a href=${toRoute(ref)} aria-current=${isSameRef(ref, state.selected) ? 'page' : nothing}>
              <span class="name">${profile.profile_id}</span> ${viewBadges(profile)}
            </a>
          </li>`
        })}
      </ul>
    </section>
  `
}

function matching({ client_id, display_name, listed }: ListedClient, filter: string): readonly Profile[] {
  const words = filter.toLowerCase().split(/\s+/)
  return listed.filter(({ profile_id }) => {
    const text = `${client_id} ${display_name} ${profile_id}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function summaryOf(clients: readonly ListedClient[], shown: readonly ListedClient[]): string {
  const [all, found] = [clients, shown].map((each) => each.flatMap(({ listed }) => listed).length)
  if (!all && clients.every(({ problem }) => !problem)) return 'There is no profile yet. Begin one.'
  return found === all ? countOf(all ?? 0, 'profile') : `${found} of ${countOf(all ?? 0, 'profile')}`
}
