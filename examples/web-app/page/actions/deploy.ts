import { type App, attempt, showDone, updateDialog } from '../app.ts'
import type { Problem } from '../problem.ts'
import { type DeployDialog, isRollback, type OpenProfile } from '../state.ts'
import { keyOf, unanswered } from './changes.ts'
import { reloadProfile, showChange } from './profiles.ts'

export function openDeployDialog(app: App, profile: OpenProfile, sequence: number): Promise<void> {
  const { ref, latest } = profile
  if (!latest) return Promise.resolve()
  const nothing = { preview: undefined, result: undefined, problem: undefined, idempotencyKey: undefined }
  const choices = { isRollback: isRollback(profile, sequence), overwrite: false, hasConflict: false }
  app.update({ dialog: { kind: 'deploy', ref, sequence, latest, ...choices, ...nothing }, notice: undefined })
  return preview(app)
}

/** Whether to replace what somebody edited by hand is decided with the difference in view, so it is looked up again. */
export function setOverwrite(app: App, overwrite: boolean): Promise<void> {
  updateDialog(app, 'deploy', { overwrite, preview: undefined, problem: undefined })
  return preview(app)
}

export function deploy(app: App, dialog: DeployDialog): Promise<void> {
  const { ref, sequence, overwrite, latest } = dialog
  const idempotencyKey = keyOf(dialog)
  return attempt(
    app,
    async () => {
      const terms = { ifMatch: latest.etag, idempotencyKey }
      const result = await app.api.deploy(ref, { sequence, overwrite }, terms)
      updateDialog(app, 'deploy', { result, problem: undefined })
      document.querySelector<HTMLElement>('[data-result]')?.focus()
      await showChange(app, ref)
      showDone(app, `Release ${sequence} is in the file of ${ref.client_id}.`)
    },
    async (problem) => {
      updateDialog(app, 'deploy', { ...unanswered(problem, idempotencyKey), ...conflictOf(problem) })
      if (problem.code === 'precondition_failed') await previewAnew(app, problem)
    },
  )
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
