import { html, nothing, type TemplateResult } from 'lit-html'
import { addServer, backToSearch } from '../actions/add-server.ts'
import type { AddRequest, Asked, DescribedServer } from '../api-types.ts'
import type { App } from '../app.ts'
import type { AddDialog } from '../state.ts'
import { viewActions } from './dialog-parts.ts'
import { viewField } from './field.ts'
import { arrow } from './icons.ts'
import { viewProblem } from './problem-box.ts'

/** A field is called like the JSON Pointer of its value in the request, so that what the API finds wrong finds its field. */
const groups = [
  { title: 'Parameters', pointer: '/params/', of: ({ parameters }: DescribedServer) => parameters },
  { title: 'Environment', pointer: '/env_vars/', of: ({ variables }: DescribedServer) => variables },
] as const

export function viewServerForm(app: App, dialog: AddDialog, server: DescribedServer): TemplateResult {
  const { problem, ref } = dialog
  const complaint = (pointer: string) =>
    problem?.errors?.find((each) => `${each.pointer}/`.startsWith(`${pointer}/`))?.message
  return html`
    <form
      class="dialog-form"
      novalidate
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        void addServer(app, dialog, toRequest(server, event.target as HTMLFormElement))
      }}
    >
      <div class="dialog-body">
        <button type="button" class="quiet" @click=${() => backToSearch(app)}>${arrow} Back to the catalogue</button>
        <p>
          ${server.description.replace(/\.?$/, '.')}
          ${
            server.documentation_url
              ? html`<a href=${safeLink(server.documentation_url)} target="_blank" rel="noreferrer">Documentation</a>`
              : nothing
          }
        </p>
        ${problem ? viewProblem(problem) : nothing}
        ${viewField({ ...nameField, default: server.server_id }, '/server_name', complaint('/server_name'), true)}
        ${groups.map(({ title, pointer, of }) => viewGroup(title, pointer, of(server), complaint))}
      </div>
      ${viewActions(html`<button class="primary" aria-disabled=${app.state.isBusy}>
        Add to ${ref.client_id}/${ref.profile_id}
      </button>`)}
    </form>
  `
}

const nameField: Asked = {
  name: 'Name',
  description: 'Under which it stands in the configuration.',
  type: 'string',
  required: false,
  secret: false,
}

function viewGroup(
  title: string,
  pointer: string,
  asked: readonly Asked[],
  complaint: (pointer: string) => string | undefined,
) {
  if (asked.length === 0) return nothing
  return html`<fieldset>
    <legend>${title}</legend>
    ${asked.map((each) => viewField(each, pointer + each.name, complaint(pointer + each.name)))}
  </fieldset>`
}

/** What is left empty is left out: the API fills in defaults, and says what it can't do without. */
function toRequest(server: DescribedServer, form: HTMLFormElement): AddRequest {
  const fields = new FormData(form)
  const [params, env_vars] = groups.map(({ pointer, of }) => valuesOf(fields, pointer, of(server)))
  const server_name = String(fields.get('/server_name') ?? '').trim()
  return {
    server_id: server.server_id,
    ...(server_name && server_name !== server.server_id && { server_name }),
    params: params ?? {},
    env_vars: env_vars ?? {},
  }
}

function valuesOf(fields: FormData, pointer: string, asked: readonly Asked[]): Record<string, unknown> {
  const given = asked.map((each) => [each.name, toValue(each, String(fields.get(pointer + each.name) ?? ''))])
  return Object.fromEntries(given.filter(([, value]) => value !== ''))
}

/** As JSON has it; what is no number is sent as it is, for the API to say so. */
function toValue({ type, repeatable }: Asked, text: string): unknown {
  if (repeatable) return linesOf(text)
  if (type === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text.trim() : Number(text)
  if (type === 'boolean') return text === '' ? '' : text === 'true'
  return text.trim()
}

function linesOf(text: string): readonly string[] | '' {
  const lines = text.split('\n').flatMap((line) => line.trim() || [])
  return lines.length === 0 ? '' : lines
}

/** A catalogue may be anybody's: only web addresses become links. */
function safeLink(url: string): string {
  return /^https?:\/\//.test(url) ? url : ''
}
