import { html, type TemplateResult } from 'lit-html'
import type { Deployment } from '../api-types.ts'
import type { OpenProfile } from '../state.ts'
import { toTime } from '../words.ts'
import { viewArtifact } from './artifact-id.ts'
import { viewBadge, viewFileState } from './badges.ts'

export function viewDeployment({ deployment }: OpenProfile): TemplateResult {
  return html`
    <section class="card" aria-labelledby="deployment-title">
      <div class="section-head"><h2 id="deployment-title">Deployment</h2></div>
      ${
        deployment
          ? viewFacts(deployment)
          : html`<p class="empty">Nothing of this profile is in the client’s file.</p>`
      }
    </section>
  `
}

function viewFacts(deployment: Deployment): TemplateResult {
  const { sequence, artifact_id, deployed_at, deployed_by, config_path, file_state, outdated } = deployment
  return html`<dl class="facts-list">
    <dt>File</dt>
    <dd>
      <span class="badges">
        ${viewFileState(file_state)} ${outdated ? viewBadge({ tone: 'info', text: 'Outdated' }) : ''}
      </span>
    </dd>
    <dt>Release</dt>
    <dd>${sequence}</dd>
    <dt>Artifact</dt>
    <dd>${viewArtifact(artifact_id)}</dd>
    <dt>Deployed</dt>
    <dd><time datetime=${deployed_at}>${toTime(deployed_at)}</time></dd>
    <dt>By</dt>
    <dd><code>${deployed_by}</code></dd>
    <dt>Path</dt>
    <dd><code>${config_path}</code></dd>
  </dl>`
}
