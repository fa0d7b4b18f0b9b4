import { type App, attempt, isOpen, updateDialog } from '../app.ts'
import type { Problem } from '../problem.ts'
import { type DeployDialog, isRollback, type OpenProfile } from '../state.ts'
import { tellOutside, toSend, unanswered } from './changes.ts'
import { reloadProfile, showChange } from './profiles.ts'

export function openDeployDialog(app: App, profile: OpenProfile, sequence: number): Promise<void> {
  const { ref, latest } = profile
  if (!latest) return Promise.resolve()
  const nothing = { preview: undefined, result: undefined, problem: undefined, unsettled: undefined }
  const choices = { isRollback: isRollback(profile, sequence), overwrite: false, hasConflict: false }
  app.update({ dialog: { kind: 'deploy', ref, sequence, latest, ...choices, ...nothing }, notice: undefined })
  return preview(app)
}

/** Whether to replace what somebody edited by hand is decided with the difference in view, so it is looked up again. */
export function setOverwrite(app: App, overwrite: boolean): Promise<void> {
  updateDialog(app, 'deploy', { overwrite, preview: undefined, problem: undefined, unsettled: undefined })
  return preview(app)
}

export function deploy(app: App, dialog: DeployDialog): Promise<void> {
  const { ref, sequence, overwrite, latest } = dialog
  const sent = toSend(dialog, { sequence, overwrite })
  return attempt(
    app,
    async () => {
      if (overwrite && (await hasChangedSince(app, dialog))) return
      const terms = { ifMatch: latest.etag, idempotencyKey: sent.idempotencyKey }
      const result = await app.api.deploy(ref, { sequence, overwrite }, terms)
      updateDialog(app, 'deploy', { result, problem: undefined })
      document.querySelector<HTMLElement>('[data-result]')?.focus()
      await showChange(app, ref, `Release ${sequence} is in the file of ${ref.client_id}.`)
    },
    async (problem) => {
      if (!isOpen(app, 'deploy')) return tellOutside(app, 'Deploying', ref, problem)
      updateDialog(app, 'deploy', { ...unanswered(problem, sent), ...conflictOf(problem) })
      if (problem.code === 'precondition_failed') await previewAnew(app, problem)
    },
  )
}

/** Who replaces a hand edit has seen it: one that was made since is shown first, and nothing is deployed. */
async function hasChangedSince(
  app: App,
  { ref, sequence, overwrite, preview }: DeployDialog,
): Promise<boolean> {
  const current = await app.api.deploy(ref, { sequence, overwrite, dry_run: true }, {})
  if (current.diff === preview?.diff) return false
  updateDialog(app, 'deploy', { preview: current, problem: editedMeanwhile })
  return true
}

const editedMeanwhile: Problem = {
  code: 'file_changed',
  title: 'The file has changed meanwhile',
  detail: 'Nothing was written to it just now. Below is what deploying changes in it as it is.',
}

function preview(app: App): Promise<void> {
  return attempt(
    app,
    () => fetchPreview(app),
    (problem) => updateDialog(app, 'deploy', { problem, ...conflictOf(problem) }),
  )
}

async function fetchPreview(app: App): Promise<void> {
  const { dialog } = app.state
  if (dialog?.kind !== 'deploy') return
  const { ref, sequence, overwrite } = dialog
  const dryRun = await app.api.deploy(ref, { sequence, overwrite, dry_run: true }, {})
  updateDialog(app, 'deploy', { preview: dryRun })
}

async function previewAnew(app: App, problem: Problem): Promise<void> {
  await reloadProfile(app)
  const { latest } = app.state.profile ?? {}
  if (!latest) return
  const detail = `Nothing was deployed. Release ${latest.value.metadata.sequence} was published meanwhile.`
  updateDialog(app, 'deploy', { latest, problem: { ...problem, title: 'There is a newer release', detail } })
  await fetchPreview(app)
}

function conflictOf({ code }: Problem): { readonly hasConflict?: true; readonly preview?: undefined } {
  return code === 'config_entry_conflict' ? { hasConflict: true, preview: undefined } : {}
}
