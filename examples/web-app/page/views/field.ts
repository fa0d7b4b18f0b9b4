import { html, nothing, type TemplateResult } from 'lit-html'
import type { Asked } from '../api-types.ts'

/** One value that is asked for, with its label, its explanation and what is wrong with it. */
export function viewField(
  asked: Asked,
  name: string,
  complaint: string | undefined,
  isPlain = false,
): TemplateResult {
  const { required, secret, description } = asked
  const hint = [
    description.replace(/\.?$/, '.'),
    secret ? 'It goes into the secret store, never into a draft.' : '',
  ]
  return html`
    <div class="field">
      <label for=${name}>
        ${isPlain ? asked.name : html`<code>${asked.name}</code>`}
        ${required ? html`<span class="required">required</span>` : nothing}
        ${secret ? html`<span class="tag">secret</span>` : nothing}
      </label>
      ${viewControl(asked, name, complaint !== undefined)}
      ${complaint ? html`<p class="complaint" id=${`${name}-complaint`}>${complaint}</p>` : nothing}
      <p class="hint" id=${`${name}-hint`}>
        ${hint.filter(Boolean).join(' ')}${'example' in asked ? html` Example: <code>${asked.example}</code>` : nothing}
      </p>
    </div>
  `
}

function viewControl(asked: Asked, name: string, isWrong: boolean): TemplateResult {
  const { type, secret, required, choices, repeatable } = asked
  const preset = asked.default === undefined ? '' : String(asked.default)
  const describedBy = `${isWrong ? `${name}-complaint ` : ''}${name}-hint`
  if (choices ?? type === 'boolean')
    return html`<select id=${name} name=${name} aria-invalid=${isWrong} aria-describedby=${describedBy}>
      ${['', ...(choices ?? ['true', 'false'])].map(
        (each) => html`<option value=${each} ?selected=${each === preset}>${each || '—'}</option>`,
      )}
    </select>`
  if (repeatable)
    return html`<textarea
      id=${name}
      name=${name}
      rows="2"
      spellcheck="false"
      placeholder="One in each line"
      aria-required=${required}
      aria-invalid=${isWrong}
      aria-describedby=${describedBy}
      .defaultValue=${preset}
    ></textarea>`
  return html`<input
    id=${name}
    name=${name}
    type=${secret ? 'password' : 'text'}
    inputmode=${type === 'number' ? 'decimal' : 'text'}
    autocomplete="off"
    spellcheck="false"
    aria-required=${required}
    aria-invalid=${isWrong}
    aria-describedby=${describedBy}
    value=${preset}
  />`
}
