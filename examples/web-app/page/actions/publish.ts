import { type App, attempt, closeDialog, isOpen, updateDialog } from '../app.ts'
import type { Problem } from '../problem.ts'
import type { OpenProfile, Proposal, PublishDialog } from '../state.ts'
import { tellOutside, toSend, unanswered } from './changes.ts'
import { fetchChanges, reloadProfile, showChange } from './profiles.ts'

export function openPublishDialog(app: App, profile: OpenProfile): Promise<void> {
  const { ref } = profile
  const nothing = { proposal: undefined, problem: undefined, unsettled: undefined }
  app.update({ dialog: { kind: 'publish', ref, needsKey: false, ...nothing }, notice: undefined })
  return attempt(
    app,
    async () => {
      const [proposal, hasKey] = await Promise.all([fetchProposal(app, profile), app.api.hasSigningKey()])
      updateDialog(app, 'publish', { proposal, needsKey: !hasKey })
    },
    (problem) => updateDialog(app, 'publish', { problem }),
  )
}

export function makeKeys(app: App): Promise<void> {
  return attempt(
    app,
    async () => {
      await app.api.initializeKeys()
      updateDialog(app, 'publish', { needsKey: false, problem: undefined })
      document.querySelector<HTMLElement>('dialog textarea')?.focus()
    },
    (problem) => updateDialog(app, 'publish', { problem }),
  )
}

export function publish(app: App, dialog: PublishDialog, changelog: string): Promise<void> {
  const { ref, proposal } = dialog
  if (!proposal) return Promise.resolve()
  const sent = toSend(dialog, { changelog })
  return attempt(
    app,
    async () => {
      const terms = { ifMatch: proposal.draft.etag, idempotencyKey: sent.idempotencyKey }
      const { status, sequence } = await app.api.publish(ref, changelog, terms)
      closeDialog()
      const done = status === 'unchanged' ? unchanged(sequence) : `Release ${sequence} is published.`
      await showChange(app, ref, done)
    },
    async (problem) => {
      if (!isOpen(app, 'publish')) return tellOutside(app, 'Publishing', ref, problem)
      const needsKey = problem.code === 'signing_key_missing'
      updateDialog(app, 'publish', { ...unanswered(problem, sent), needsKey })
      if (problem.code === 'precondition_failed') await proposeAnew(app, problem)
    },
  )
}

/** What is shown is what will be published, so the difference is looked up again, and nothing is published before it was seen. */
async function proposeAnew(app: App, problem: Problem): Promise<void> {
  await reloadProfile(app)
  const { profile } = app.state
  if (!profile) return
  const proposal = await fetchProposal(app, profile)
  const detail = 'Nothing was published. Below is what publishing the draft as it is now would change.'
  const changed = { ...problem, title: 'Somebody else changed the draft', detail }
  updateDialog(app, 'publish', { proposal, problem: changed })
}

async function fetchProposal({ api }: App, { ref, latest }: OpenProfile): Promise<Proposal> {
  const [draft, validation] = await Promise.all([api.draft(ref), api.validate(ref)])
  const { draft: payload } = draft.value
  const nothing = { added: Object.keys(payload.mcpServers), removed: [], modified: [] }
  const changes = latest ? await fetchChanges(api, ref, payload) : nothing
  return { draft, validation, changes, since: latest?.value.metadata.sequence }
}

function unchanged(sequence: number): string {
  return `Nothing is new: release ${sequence} has the same servers and the same changelog.`
}
