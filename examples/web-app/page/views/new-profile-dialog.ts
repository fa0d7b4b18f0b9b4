import { html } from 'lit-html'
import { goTo } from '../actions/profiles.ts'
import { type App, closeDialog } from '../app.ts'
import { type DialogContent, viewActions } from './dialog-parts.ts'

export function viewNewProfileDialog({ state }: App): DialogContent {
  const { clients = [], selected } = state
  return {
    title: 'New profile',
    body: html`<form class="dialog-form" @submit=${submit}>
      <div class="dialog-body">
        <p class="muted">A profile is a named configuration of a client. It begins with its first server.</p>
        <label for="client">Client</label>
        <select id="client" name="client_id" autofocus>
          ${clients.map(
            ({ client_id, display_name }) =>
              html`<option value=${client_id} ?selected=${client_id === selected?.client_id}>
                ${display_name}
              </option>`,
          )}
        </select>
        <label for="profile">Profile</label>
        <input
          id="profile"
          name="profile_id"
          required
          pattern="[a-z0-9][a-z0-9._\\-]{0,63}"
          value="default"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="profile-hint"
        />
        <p class="hint" id="profile-hint">
          1 to 64 of a–z, 0–9, “.”, “_” and “-”; a letter or digit first.
        </p>
      </div>
      ${viewActions(html`<button class="primary">Open it</button>`)}
    </form>`,
  }
}

function submit(event: SubmitEvent): void {
  event.preventDefault()
  const fields = new FormData(event.target as HTMLFormElement)
  closeDialog()
  goTo({ client_id: String(fields.get('client_id')), profile_id: String(fields.get('profile_id')) })
}
