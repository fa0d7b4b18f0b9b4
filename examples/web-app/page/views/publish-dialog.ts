import { html, nothing, type TemplateResult } from 'lit-html'
import { makeKeys, publish } from '../actions/publish.ts'
import type { App } from '../app.ts'
import type { Proposal, PublishDialog } from '../state.ts'
import { viewButton } from './action-button.ts'
import { viewChanges } from './changes-list.ts'
import { type DialogContent, viewActions } from './dialog-parts.ts'
import { viewValidation } from './findings.ts'
import { viewProblem } from './problem-box.ts'

export function viewPublishDialog(app: App, dialog: PublishDialog): DialogContent {
  const { ref, proposal, problem, needsKey } = dialog
  const canPublish = proposal?.validation.valid === true && !needsKey
  const lacksScope = app.state.missingScopes.includes('publish')
  return {
    title: `Publish ${ref.client_id}/${ref.profile_id}`,
    body: html`<form class="dialog-form" @submit=${(event: SubmitEvent) => submit(app, dialog, event)}>
      <div class="dialog-body">
        ${problem ? viewProblem(problem) : nothing}
        ${proposal ? viewProposal(proposal) : problem ? nothing : html`<p class="loading" role="status">Comparing…</p>`}
        ${needsKey ? viewKeyOffer(app) : nothing}
        <label for="changelog">Changelog <span class="muted">optional</span></label>
        <textarea
          id="changelog"
          name="changelog"
          rows="3"
          autofocus
          maxlength="10000"
          placeholder="What changed, for people"
        ></textarea>
      </div>
      ${viewActions(html`<button
        class="primary"
        ?disabled=${!canPublish || lacksScope}
        aria-disabled=${app.state.isBusy}
      >
        Publish
      </button>`)}
    </form>`,
  }
}

function viewProposal({ changes, validation, since }: Proposal): TemplateResult {
  const findings = validation.errors.length + validation.warnings.length
  return html`
    <h3>What publishing changes</h3>
    <p class="hint">
      ${since === undefined ? 'The draft becomes the first release.' : `From release ${since} to the draft.`}
    </p>
    ${viewChanges(changes)} ${findings > 0 ? viewValidation(validation) : nothing}
  `
}

function viewKeyOffer(app: App): TemplateResult {
  return html`<div class="note">
    <p>
      <strong>There is no signing key yet.</strong> A release is signed, so that whoever gets it can tell that it is
      yours. The private key stays on the server’s machine, in a file that only its user can read.
    </p>
    ${viewButton(app, { text: 'Make the signing keys', scope: 'publish', isPrimary: true, onClick: () => makeKeys(app) })}
  </div>`
}

function submit(app: App, dialog: PublishDialog, event: SubmitEvent): void {
  event.preventDefault()
  const fields = new FormData(event.target as HTMLFormElement)
  void publish(app, dialog, String(fields.get('changelog')).trim())
}
