import { html, type TemplateResult } from 'lit-html'
import type { App } from '../app.ts'
import { toRoute } from '../route.ts'
import { countOf } from '../words.ts'
import { viewActivity } from './activity-list.ts'
import { needsAttention, viewBadge, viewBadges } from './badges.ts'

/** What is shown while no profile is selected: those with which something is to be done. */
export function viewOverview(app: App): TemplateResult {
  const { clients = [] } = app.state
  const profiles = clients.flatMap(({ client_id, display_name, listed }) =>
    listed.map((profile) => ({ ...profile, client_id, display_name })),
  )
  const urgent = profiles.filter(needsAttention)
  const inUse = clients.filter(({ listed, problem }) => listed.length > 0 || problem)
  const unread = clients.filter(({ problem }) => problem)
  return html`
    <div class="overview">
      <h1 tabindex="-1" data-focus>Overview</h1>
      <p class="muted">
        ${countOf(profiles.length, 'profile')} of ${countOf(inUse.length, 'client')}.
        ${inUse.length === 0 ? 'Begin one with “New profile”.' : 'Select one to see its draft, releases and file.'}
      </p>
      <section class="card" aria-labelledby="attention-title">
        <div class="section-head"><h2 id="attention-title">Needs attention</h2></div>
        ${
          urgent.length + unread.length === 0
            ? html`<p class="empty">${
                profiles.some(({ deployment }) => deployment)
                  ? 'Every deployed file is as it was deployed, with the latest release.'
                  : 'Nothing is deployed yet.'
              }</p>`
            : html`<ul class="attention">
              ${unread.map(
                ({ display_name, problem }) => html`<li>
                  <span>${display_name}: its profiles can’t be listed</span>
                  ${viewBadge({ tone: 'bad', text: problem?.title ?? '' })}
                </li>`,
              )}
              ${urgent.map(
                (profile) => html`<li>
                  <a href=${toRoute(profile)}>${profile.display_name} / ${profile.profile_id}</a>
                  ${viewBadges(profile)}
                </li>`,
              )}
            </ul>`
        }
      </section>
      ${viewActivity(app)}
    </div>
  `
}
