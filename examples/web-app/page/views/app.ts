import { html, type TemplateResult } from 'lit-html'
import type { Page } from '../app.ts'
import { viewBanner, viewNotice } from './banner.ts'
import { viewConnect } from './connect.ts'
import { viewDialog } from './dialog.ts'
import { viewProfile } from './profile.ts'
import { viewProfileList } from './profile-list.ts'
import { viewTopBar } from './top-bar.ts'

export function viewApp(page: Page): TemplateResult {
  const { session, selected } = page.state
  if (session.status !== 'open') return viewConnect(page)
  return html`
    ${viewTopBar(page)} ${viewBanner(page)}
    <div class="workspace ${selected ? 'has-selection' : ''}">
      ${viewProfileList(page)}
      <main>${viewNotice(page)} ${viewProfile(page)}</main>
    </div>
    ${viewDialog(page)}
  `
}
