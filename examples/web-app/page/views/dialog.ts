import { html, nothing } from 'lit-html'
import { keyed } from 'lit-html/directives/keyed.js'
import { ref } from 'lit-html/directives/ref.js'
import { type App, closeDialog } from '../app.ts'
import { viewAddDialog } from './add-dialog.ts'
import { viewDeployDialog } from './deploy-dialog.ts'
import type { DialogContent } from './dialog-parts.ts'
import { cross } from './icons.ts'
import { viewNewProfileDialog } from './new-profile-dialog.ts'
import { viewPublishDialog } from './publish-dialog.ts'

/** The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function viewDialog(app: App) {
  const { dialog } = app.state
  if (!dialog) return nothing
  const { title, body } = contentOf(app)
  return keyed(
    dialog.kind,
    html`
      <dialog ${ref(open)} class=${dialog.kind} aria-labelledby="dialog-title" @close=${() => app.update({ dialog: undefined })}>
        <header>
          <h2 id="dialog-title">${title}</h2>
          <button type="button" class="quiet" aria-label="Close" @click=${closeDialog}>${cross}</button>
        </header>
        ${body}
      </dialog>
    `,
  )
}

function contentOf(app: App): DialogContent {
  const { dialog } = app.state
  switch (dialog?.kind) {
    case 'add':
      return viewAddDialog(app, dialog)
    case 'publish':
      return viewPublishDialog(app, dialog)
    case 'deploy':
      return viewDeployDialog(app, dialog)
    default:
      return viewNewProfileDialog(app)
  }
}

/** In a moment, since the element is made before it stands in the page. */
function open(element: Element | undefined): void {
  if (!(element instanceof HTMLDialogElement)) return
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal()
  })
}
