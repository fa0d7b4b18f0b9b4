import { html, type TemplateResult } from 'lit-html'
import { openDeployDialog } from '../actions/deploy.ts'
import { validate } from '../actions/draft.ts'
import { openPublishDialog } from '../actions/publish.ts'
import type { App } from '../app.ts'
import type { OpenProfile } from '../state.ts'
import { countOf } from '../words.ts'
import { viewButton } from './action-button.ts'

/** From the draft to the file: where the profile stands, and what comes next. */
export function viewSteps(app: App, profile: OpenProfile): TemplateResult {
  const { latest, draft } = profile
  const sequence = latest?.value.metadata.sequence
  const next = nextStep(profile)
  return html`
    <ol class="steps" aria-label="From the draft to the file">
      <li>
        <h2>Draft</h2>
        <p class="figure">${countOf(Object.keys(draft.value.draft.mcpServers).length, 'server')}</p>
        <p class="hint">${draftNote(profile)}</p>
        ${viewButton(app, {
          text: 'Validate',
          scope: 'read',
          isPossible: draft.value.revision > 0,
          onClick: () => validate(app, profile),
        })}
      </li>
      <li>
        <h2>Release</h2>
        <p class="figure">${sequence === undefined ? 'None yet' : `Release ${sequence}`}</p>
        <p class="hint">${sequence === undefined ? 'Publishing signs the draft.' : 'The latest that is signed.'}</p>
        ${viewButton(app, {
          text: 'Publish…',
          scope: 'publish',
          isPrimary: next === 'publish',
          isPossible: draft.value.revision > 0,
          onClick: () => openPublishDialog(app, profile),
        })}
      </li>
      <li>
        <h2>File</h2>
        <p class="figure">${profile.deployment ? `Release ${profile.deployment.sequence}` : 'Not deployed'}</p>
        <p class="hint">${fileNote(profile)}</p>
        ${viewButton(app, {
          text: 'Deploy…',
          scope: 'deploy',
          isPrimary: next === 'deploy',
          isPossible: sequence !== undefined,
          onClick: () => openDeployDialog(app, profile, sequence ?? 0),
        })}
      </li>
    </ol>
  `
}

/** What is not published yet is published first. */
function nextStep(profile: OpenProfile): 'publish' | 'deploy' | undefined {
  const { draft, latest, deployment } = profile
  if (draft.value.revision > 0 && (!latest || changeCount(profile) > 0)) return 'publish'
  if (!latest || (deployment && !deployment.outdated && deployment.file_state === 'in_sync')) return undefined
  return 'deploy'
}

function draftNote(profile: OpenProfile): string {
  if (profile.draft.value.revision === 0) return 'Add a server to begin.'
  if (!profile.latest) return 'Nothing of it is published.'
  const count = changeCount(profile)
  return count === 0 ? 'Same as the latest release.' : `${countOf(count, 'change')} not published.`
}

function changeCount({ changes }: OpenProfile): number {
  return changes ? changes.added.length + changes.removed.length + changes.modified.length : 0
}

function fileNote({ deployment, latest }: OpenProfile): string {
  if (!deployment) return latest ? 'The file has none of it.' : 'Publish first.'
  if (deployment.file_state !== 'in_sync') return fileNotes[deployment.file_state]
  return deployment.outdated ? 'A newer release waits.' : 'As it was deployed.'
}

const fileNotes = {
  edited: 'A deployed entry was edited by hand.',
  missing: 'The file, or every deployed entry, is gone.',
  unreadable: 'The file can’t be parsed.',
} as const
