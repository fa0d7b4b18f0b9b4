import { html, type TemplateResult } from 'lit-html'
import type { Validation, ValidationFinding } from '../api-types.ts'
import { countOf } from '../words.ts'
import { viewBadge } from './badges.ts'

export function viewValidation({ valid, errors, warnings }: Validation): TemplateResult {
  const findings = [...errors, ...warnings]
  return html`
    <div class="findings ${valid ? 'valid' : 'invalid'}" role="status" tabindex="-1" data-findings>
      <p>
        <strong>${valid ? 'Valid' : 'Not valid'}</strong>
        ${valid ? 'The draft can be published.' : 'The draft can’t be published like this.'}
        ${countOf(errors.length, 'error')}, ${countOf(warnings.length, 'warning')}.
      </p>
      ${findings.length === 0 ? '' : html`<ul>${findings.map(viewFinding)}</ul>`}
    </div>
  `
}

function viewFinding({ severity, server_name, message, pointer }: ValidationFinding): TemplateResult {
  const badge = severity === 'error' ? ({ tone: 'bad', text: 'Error' } as const) : warning
  return html`<li>
    ${viewBadge(badge)} ${server_name ? html`<strong>${server_name}</strong>` : ''} ${message}
    <code>${pointer}</code>
  </li>`
}

const warning = { tone: 'warn', text: 'Warning' } as const
