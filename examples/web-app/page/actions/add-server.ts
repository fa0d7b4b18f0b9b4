import type { AddRequest } from '../api-types.ts'
import { type App, attempt, closeDialog, isOpen, updateDialog } from '../app.ts'
import { toProblem } from '../problem.ts'
import type { AddDialog, OpenProfile } from '../state.ts'
import { inDraft, readDraftAnew, tellOutside, toSend, unanswered } from './changes.ts'
import { showChange } from './profiles.ts'

/** As many as a person looks through; a search narrows them. */
const mostFound = '100'

export function openAddDialog(app: App, { ref, draft }: OpenProfile): Promise<void> {
  const nothing = { found: undefined, server: undefined, problem: undefined, unsettled: undefined }
  app.update({
    dialog: { kind: 'add', ref, draft, search: '', transport: '', ...nothing },
    notice: undefined,
  })
  return search(app, {})
}

/** An answer is dropped when the fields hold another search by then, or a server was chosen. */
export async function search(
  app: App,
  asked: Partial<Pick<AddDialog, 'search' | 'transport'>>,
): Promise<void> {
  updateDialog(app, 'add', asked)
  const { dialog } = app.state
  if (dialog?.kind !== 'add') return
  const { search, transport } = dialog
  const query = { limit: mostFound, ...(search && { search }), ...(transport && { transport }) }
  const answer = await app.api.searchServers(query).then(
    (found) => ({ found, problem: undefined }),
    (error: unknown) => ({ problem: toProblem(error) }),
  )
  const { dialog: current } = app.state
  if (current?.kind !== 'add' || current.server) return
  if (current.search === search && current.transport === transport) updateDialog(app, 'add', answer)
}

export function choose(app: App, serverId: string): Promise<void> {
  return attempt(
    app,
    async () => {
      updateDialog(app, 'add', { server: await app.api.describeServer(serverId), problem: undefined })
      document.querySelector<HTMLElement>('dialog form input')?.focus()
    },
    (problem) => updateDialog(app, 'add', { problem }),
  )
}

export function backToSearch(app: App): void {
  updateDialog(app, 'add', { server: undefined, problem: undefined })
  document.querySelector<HTMLElement>('dialog [type=search]')?.focus()
}

export function addServer(app: App, dialog: AddDialog, body: AddRequest): Promise<void> {
  const sent = toSend(dialog, body)
  const { idempotencyKey } = sent
  return attempt(
    app,
    async () => {
      await app.api.addServer(dialog.ref, body, { ifMatch: dialog.draft.etag, idempotencyKey })
      closeDialog()
      await showChange(app, dialog.ref, `${body.server_name ?? body.server_id} is in the draft now.`)
    },
    async (problem) => {
      if (!isOpen(app, 'add')) return tellOutside(app, 'Adding to', dialog.ref, problem)
      updateDialog(app, 'add', unanswered(problem, sent))
      if (problem.code !== 'precondition_failed') return focusProblem()
      const draft = await readDraftAnew(app, dialog.ref)
      const detail = `Nothing was added. ${inDraft(draft)} Add it to that, or leave it.`
      updateDialog(app, 'add', {
        draft,
        problem: { ...problem, title: 'Somebody else changed the draft', detail },
      })
      focusProblem()
    },
  )
}

/** To the first field that was refused, or else to the sentence that says why. */
function focusProblem(): void {
  const [field, sentence] = ['[aria-invalid=true]', '[data-problem]'].map((each) =>
    document.querySelector<HTMLElement>(`dialog ${each}`),
  )
  const target = field ?? sentence
  target?.focus()
}
