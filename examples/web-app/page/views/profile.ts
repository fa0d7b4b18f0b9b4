import { html, nothing, type TemplateResult } from 'lit-html'
import type { App } from '../app.ts'
import type { ListedClient } from '../state.ts'
import { listOf } from '../words.ts'
import { viewActivity } from './activity-list.ts'
import { viewBadges } from './badges.ts'
import { viewDeployment } from './deployment-card.ts'
import { viewDraft } from './draft-card.ts'
import { arrow } from './icons.ts'
import { viewOverview } from './overview.ts'
import { viewProblem } from './problem-box.ts'
import { viewReleases } from './release-table.ts'
import { viewSteps } from './steps.ts'

export function viewProfile(app: App): TemplateResult {
  const { selected, profile, unread, clients = [] } = app.state
  if (!selected) return viewOverview(app)
  const client = clients.find(({ client_id }) => client_id === selected.client_id)
  if (!client) return html`<p class="empty">There is no client “${selected.client_id}” here.</p>`
  return html`
    <a class="back" href="#/">${arrow} All profiles</a>
    <div class="profile-head">
      <h1 tabindex="-1" data-focus>
        ${client.display_name} <span class="muted">/</span> ${selected.profile_id}
      </h1>
      ${
        profile
          ? viewBadges({
              sequence: profile.latest?.value.metadata.sequence ?? null,
              deployment: profile.deployment,
            })
          : nothing
      }
      <p class="path">${pathOf(client)}</p>
    </div>
    ${viewMissingScopes(app)}
    ${
      profile
        ? html`
          ${viewSteps(app, profile)}
          <div class="columns">
            <div>${viewDraft(app, profile)} ${viewReleases(app, profile)}</div>
            <div>${viewDeployment(profile)} ${viewActivity(app)}</div>
          </div>`
        : unread
          ? viewProblem(unread)
          : html`<p class="loading" role="status">Loading…</p>`
    }
  `
}

function pathOf({ config_path, display_name }: ListedClient): TemplateResult {
  return config_path === null
    ? html`${display_name} has no configuration file on the server's machine.`
    : html`<code>${config_path}</code>`
}

function viewMissingScopes({ state }: App) {
  const scopes = [...new Set(state.missingScopes)]
  if (scopes.length === 0) return nothing
  return html`<p class="note">
    What needs the scope ${listOf(scopes)} is switched off, since this token lacks it. Connect with another token
    to use it.
  </p>`
}
