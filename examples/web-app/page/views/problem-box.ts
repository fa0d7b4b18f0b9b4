import { html, nothing, type TemplateResult } from 'lit-html'
import type { Problem } from '../problem.ts'

/** A problem with all that helps somebody else to help: its code, and the id under which the server's log has it. */
export function viewProblem({ title, detail, code, request_id }: Problem): TemplateResult {
  return html`
    <div class="problem" role="alert" tabindex="-1" data-problem>
      <strong>${title}</strong>
      <p>${detail}</p>
      <p class="facts">
        <code>${code}</code> ${request_id ? html`<span>request <code>${request_id}</code></span>` : nothing}
      </p>
    </div>
  `
}
