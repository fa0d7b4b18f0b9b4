import { html, type TemplateResult } from 'lit-html'

/** Pictures beside words, never in place of them. */

export const logo = html`<img class="logo" src="/page/icon.svg" alt="" width="28" height="28" />`

export const plus = icon('M8 3v10M3 8h10')
export const arrow = icon('M9.5 3.5 5 8l4.5 4.5')
export const cross = icon('m4 4 8 8M12 4l-8 8')

function icon(path: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d=${path} />
  </svg>`
}
