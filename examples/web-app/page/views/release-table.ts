import { html, nothing, type TemplateResult } from 'lit-html'
import { openDeployDialog } from '../actions/deploy.ts'
import { loadMoreHistory } from '../actions/profiles.ts'
import type { ReleaseSummary } from '../api-types.ts'
import { type App, attempt } from '../app.ts'
import { isRollback, type OpenProfile } from '../state.ts'
import { toTime } from '../words.ts'
import { viewButton } from './action-button.ts'
import { viewArtifact } from './artifact-id.ts'
import { viewBadge } from './badges.ts'

export function viewReleases(app: App, profile: OpenProfile): TemplateResult {
  return html`
    <section class="card" aria-labelledby="releases-title">
      <div class="section-head"><h2 id="releases-title">Releases</h2></div>
      ${profile.history.length === 0 ? html`<p class="empty">Nothing is published yet.</p>` : viewTable(app, profile)}
      ${
        profile.hasMoreHistory
          ? viewButton(app, {
              text: 'Show earlier releases',
              scope: 'read',
              onClick: () => attempt(app, () => loadMoreHistory(app, profile)),
            })
          : nothing
      }
    </section>
  `
}

function viewTable(app: App, profile: OpenProfile): TemplateResult {
  return html`
    <table class="releases" aria-labelledby="releases-title">
      <thead>
        <tr>
          <th scope="col">Release</th>
          <th scope="col">Changelog</th>
          <th scope="col">Artifact</th>
          <th scope="col"><span class="unseen">What to do with it</span></th>
        </tr>
      </thead>
      <tbody>
        ${profile.history.map((release) => viewRelease(app, profile, release))}
      </tbody>
    </table>
  `
}

function viewRelease(app: App, profile: OpenProfile, release: ReleaseSummary): TemplateResult {
  const { sequence, changelog, created_at, artifact_id } = release
  const isLatest = sequence === profile.latest?.value.metadata.sequence
  const isDeployed = sequence === profile.deployment?.sequence
  return html`
    <tr>
      <th scope="row">
        <span class="sequence">${sequence}</span>
        ${isLatest ? viewBadge({ tone: 'idle', text: 'Latest' }) : nothing}
        ${isDeployed ? viewBadge({ tone: 'good', text: 'Deployed' }) : nothing}
      </th>
      <td>
        <p class="changelog">${changelog ?? html`<span class="muted">No changelog</span>`}</p>
        <time class="hint" datetime=${created_at}>${toTime(created_at)}</time>
      </td>
      <td class="artifact">${viewArtifact(artifact_id)}</td>
      <td class="action">
        ${viewButton(app, {
          ...wordsOf(isRollback(profile, sequence), sequence),
          scope: 'deploy',
          isSmall: true,
          onClick: () => openDeployDialog(app, profile, sequence),
        })}
      </td>
    </tr>
  `
}

function wordsOf(isBack: boolean, sequence: number) {
  return isBack
    ? { text: 'Roll back…', label: `Roll back to release ${sequence}…` }
    : { text: 'Deploy…', label: `Deploy release ${sequence}…` }
}
