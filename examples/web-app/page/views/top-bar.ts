import { html, type TemplateResult } from 'lit-html'
import { disconnect } from '../actions/session.ts'
import type { Page } from '../app.ts'
import type { Stream } from '../state.ts'
import { logo } from './icons.ts'

const words: Readonly<Record<Stream['status'], string>> = {
  live: 'Live',
  connecting: 'Connecting…',
  waiting: 'Reconnecting…',
}

export function viewTopBar(page: Page): TemplateResult {
  const { session, stream } = page.state
  return html`
    <header class="top-bar">
      <a class="brand" href="#/" aria-label="mcp-orchestration: overview">
        ${logo} <span class="brand-name">mcp-orchestration</span>
      </a>
      <span class="server">${session.server}</span>
      <span class="stream ${stream.status}" role="status">${words[stream.status]}</span>
      <button type="button" @click=${() => disconnect(page)}>Disconnect</button>
    </header>
  `
}
