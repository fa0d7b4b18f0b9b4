import { html, nothing, type TemplateResult } from 'lit-html'

/** The beginning is enough to tell artifacts apart; the whole id can be copied where the browser lets a page do that. */
export function viewArtifact(id: string): TemplateResult {
  const short = id.slice(0, 12)
  return html`<code title=${id}>${short}</code>
    ${
      isSecureContext
        ? html`<button
            type="button"
            class="quiet"
            aria-label=${`Copy the artifact id ${short}`}
            @click=${(event: Event) => void copy(id, event.currentTarget as HTMLElement)}
          >
            Copy
          </button>`
        : nothing
    }`
}

async function copy(text: string, button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(text)
  button.classList.add('copied')
  setTimeout(() => button.classList.remove('copied'), 1_500)
}
