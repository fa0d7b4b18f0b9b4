import { html, nothing, type TemplateResult } from 'lit-html'
import { deploy, setOverwrite } from '../actions/deploy.ts'
import type { DeployResult } from '../api-types.ts'
import type { App } from '../app.ts'
import type { DeployDialog } from '../state.ts'
import { listOf } from '../words.ts'
import { type DialogContent, viewActions } from './dialog-parts.ts'
import { viewProblem } from './problem-box.ts'
import { viewUnifiedDiff } from './unified-diff.ts'

export function viewDeployDialog(app: App, dialog: DeployDialog): DialogContent {
  const { ref, sequence, isRollback, result } = dialog
  const name = `${ref.client_id}/${ref.profile_id}`
  return {
    title: isRollback ? `Roll ${name} back to release ${sequence}` : `Deploy release ${sequence} of ${name}`,
    body: result ? viewResult(result) : viewPlan(app, dialog),
  }
}

function viewPlan(app: App, dialog: DeployDialog): TemplateResult {
  const { preview, problem, hasConflict, isRollback } = dialog
  const lacksScope = app.state.missingScopes.includes('deploy')
  return html`
    <div class="dialog-body">
      ${problem ? viewProblem(problem) : nothing} ${hasConflict ? viewOverwrite(app, dialog) : nothing}
      ${preview ? viewPreview(preview, formerOf(app, dialog)) : problem ? nothing : html`<p class="loading" role="status">Comparing…</p>`}
    </div>
    ${viewActions(html`<button
      type="button"
      class="primary"
      ?disabled=${!preview || lacksScope}
      aria-disabled=${app.state.isBusy}
      @click=${() => void (app.state.isBusy || deploy(app, dialog))}
    >
      ${isRollback ? 'Roll back' : 'Deploy'}
    </button>`)}
  `
}

function viewOverwrite(app: App, { overwrite }: DeployDialog): TemplateResult {
  return html`<div class="note">
    <label class="check">
      <input
        type="checkbox"
        .checked=${overwrite}
        @click=${(event: Event) => app.state.isBusy && event.preventDefault()}
        @change=${(event: Event) => setOverwrite(app, (event.target as HTMLInputElement).checked)}
      />
      Replace deployed entries that were edited by hand
    </label>
    <p class="hint">
      Entries that are your own stay in any case: rename one that stands in the way. The bytes that are replaced are
      kept in a backup.
    </p>
  </div>`
}

/** A client's file holds one profile: deploying another one takes the entries of the former out. */
function formerOf({ state }: App, { ref }: DeployDialog): string | undefined {
  const client = state.clients?.find(({ client_id }) => client_id === ref.client_id)
  const former = client?.listed.find((each) => each.deployment && each.profile_id !== ref.profile_id)
  return former && `${ref.client_id}/${former.profile_id}`
}

function viewPreview(
  { config_path, diff = '', ...names }: DeployResult,
  former: string | undefined,
): TemplateResult {
  return html`
    <p>In <code>${config_path}</code>, on the server’s machine:</p>
    ${viewNames(names, { written: 'Will be written', removed: 'Will be removed', kept: 'Already there' })}
    ${
      former && names.servers_removed.length > 0
        ? html`<p class="note">
            What is removed is of <strong>${former}</strong>, the profile that is in the file now.
          </p>`
        : nothing
    }
    ${
      diff
        ? viewUnifiedDiff(diff)
        : html`<p class="empty">The file already says what it should; nothing in it changes.</p>`
    }
    <p class="hint">Only deployed entries are touched. Everything else in the file stays byte for byte.</p>
  `
}

function viewResult({ config_path, backup_path, ...names }: DeployResult): TemplateResult {
  return html`
    <div class="dialog-body">
      <div class="findings valid" tabindex="-1" data-result>
        <p><strong>Deployed</strong> into <code>${config_path}</code></p>
      </div>
      ${viewNames(names, { written: 'Written', removed: 'Removed', kept: 'Already there' })}
      <p>
        ${
          backup_path
            ? html`What was there before is kept in <code>${backup_path}</code>`
            : 'There was nothing before, so there is no backup.'
        }
      </p>
    </div>
    ${viewActions(nothing, 'Done')}
  `
}

type Names = Pick<DeployResult, 'servers_written' | 'servers_removed' | 'servers_kept'>

function viewNames(
  { servers_written, servers_removed, servers_kept }: Names,
  titles: Readonly<Record<'written' | 'removed' | 'kept', string>>,
): TemplateResult {
  const groups = [
    [titles.written, servers_written],
    [titles.removed, servers_removed],
    [titles.kept, servers_kept],
  ] as const
  return html`<dl class="facts-list">
    ${groups
      .filter(([, names]) => names.length > 0)
      .map(([title, names]) => html`<dt>${title}</dt><dd>${listOf(names)}</dd>`)}
  </dl>`
}
