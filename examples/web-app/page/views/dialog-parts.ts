import { html, type nothing, type TemplateResult } from 'lit-html'
import { closeDialog } from '../app.ts'

export interface DialogContent {
  readonly title: string
  readonly body: TemplateResult
}

/** What stands at the bottom of each dialog, however much there is above it. */
export function viewActions(main: TemplateResult | typeof nothing, closeText = 'Cancel'): TemplateResult {
  return html`<footer>
    <button type="button" @click=${closeDialog}>${closeText}</button>
    ${main}
  </footer>`
}
