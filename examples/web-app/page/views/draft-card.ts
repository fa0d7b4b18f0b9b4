import { html, nothing, type TemplateResult } from 'lit-html'
import { openAddDialog } from '../actions/add-server.ts'
import { removeServer } from '../actions/draft.ts'
import type { ServerEntry } from '../api-types.ts'
import type { App } from '../app.ts'
import type { Changes, OpenProfile } from '../state.ts'
import { viewButton } from './action-button.ts'
import { viewBadge } from './badges.ts'
import { viewValidation } from './findings.ts'
import { plus } from './icons.ts'

export function viewDraft(app: App, profile: OpenProfile): TemplateResult {
  const servers = Object.entries(profile.draft.value.draft.mcpServers)
  return html`
    <section class="card" aria-labelledby="draft-title">
      <div class="section-head">
        <h2 id="draft-title" tabindex="-1" data-draft>Draft</h2>
        ${viewButton(app, {
          text: html`${plus} Add a server…`,
          label: 'Add a server…',
          scope: 'write',
          isPrimary: servers.length === 0,
          onClick: () => openAddDialog(app, profile),
        })}
      </div>
      ${profile.validation ? viewValidation(profile.validation) : nothing}
      ${
        servers.length === 0
          ? html`<p class="empty">The draft holds no server. Add one from the catalogue.</p>`
          : html`<ul class="servers">
            ${servers.map(([name, entry]) => viewServer(app, profile, name, entry))}
          </ul>`
      }
      ${viewRemoved(profile.changes)}
    </section>
  `
}

function viewServer(app: App, profile: OpenProfile, name: string, entry: ServerEntry): TemplateResult {
  return html`
    <li>
      <div class="server-head">
        <h3>${name}</h3>
        <span class="tag">${entry.type}</span>
        ${viewChange(profile.changes, name)}
      </div>
      <code class="command">${commandOf(entry)}</code>
      ${viewValues(entry)}
      ${viewButton(app, {
        text: 'Remove',
        label: `Remove ${name}`,
        scope: 'write',
        isSmall: true,
        onClick: () => removeServer(app, profile, name),
      })}
    </li>
  `
}

function viewChange(changes: Changes | undefined, name: string) {
  if (changes?.added.includes(name)) return viewBadge({ tone: 'info', text: 'New' })
  const isModified = changes?.modified.some(({ server_name }) => server_name === name)
  return isModified ? viewBadge({ tone: 'info', text: 'Changed' }) : nothing
}

function viewRemoved(changes: Changes | undefined) {
  if (!changes || changes.removed.length === 0) return nothing
  return html`<p class="note">
    Still in the latest release, no longer in the draft: <strong>${changes.removed.join(', ')}</strong>
  </p>`
}

function viewValues(entry: ServerEntry) {
  const values = Object.entries(entry.type === 'stdio' ? entry.env : entry.headers)
  if (values.length === 0) return nothing
  return html`<dl class="values">
    ${values.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}
  </dl>`
}

function commandOf(entry: ServerEntry): string {
  return entry.type === 'stdio' ? [entry.command, ...entry.args].join(' ') : entry.url
}
