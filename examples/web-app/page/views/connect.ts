import { html, nothing, type TemplateResult } from 'lit-html'
import { connect } from '../actions/session.ts'
import type { Page } from '../app.ts'
import { isTokenRefused } from '../problem.ts'
import { logo } from './icons.ts'
import { viewProblem } from './problem-box.ts'

export function viewConnect(page: Page): TemplateResult {
  const { session, servers } = page.state
  const isOpening = session.status === 'opening'
  return html`
    <main class="connect">
      <form class="connect-card" @submit=${(event: SubmitEvent) => submit(page, event)}>
        <div class="brand">${logo} mcp-orchestration</div>
        <h1>Connect to a server</h1>
        <p class="muted">See what each AI client is configured with, change it, publish it and deploy it.</p>
        ${session.problem ? viewProblem(session.problem) : nothing}
        <label for="server">Server</label>
        <select id="server" name="server">
          ${servers.map((each) => html`<option ?selected=${each === session.server}>${each}</option>`)}
        </select>
        <p class="hint">This page talks to the servers that it was started with, and to no other.</p>
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autofocus
          autocomplete="off"
          spellcheck="false"
          aria-invalid=${isTokenRefused(session.problem?.code)}
          aria-describedby="token-hint"
        />
        <p class="hint" id="token-hint">
          <code>mcp-orchestration-generate-token</code> makes one. It stays in this page’s memory, and nowhere else
          unless you tick the box.
        </p>
        <label class="check"><input type="checkbox" name="keep" /> Keep it in this tab until I disconnect</label>
        <button class="primary wide" aria-disabled=${isOpening}>${isOpening ? 'Connecting…' : 'Connect'}</button>
      </form>
    </main>
  `
}

function submit(page: Page, event: SubmitEvent): void {
  event.preventDefault()
  if (page.state.session.status === 'opening') return
  const fields = new FormData(event.target as HTMLFormElement)
  const [server, token] = [String(fields.get('server')), String(fields.get('token')).trim()]
  void connect(page, { server, token }, fields.has('keep'))
}
