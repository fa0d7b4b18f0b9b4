import { type App, attempt, showDone, showProblem } from '../app.ts'
import type { OpenProfile } from '../state.ts'
import { inDraft, readDraftAnew } from './changes.ts'
import { showChange } from './profiles.ts'

export function removeServer(app: App, { ref, draft }: OpenProfile, name: string): Promise<void> {
  return attempt(
    app,
    async () => {
      await app.api.removeServer(ref, name, { ifMatch: draft.etag })
      await showChange(app, ref)
      showDone(app, `${name} is out of the draft. What is published or deployed stays as it is.`)
      document.querySelector<HTMLElement>('[data-draft]')?.focus()
    },
    async (problem) => {
      if (problem.code !== 'precondition_failed') return showProblem(app, problem)
      const current = await readDraftAnew(app, ref)
      const detail = `Nothing was removed. ${inDraft(current)}`
      showProblem(app, { ...problem, title: 'Somebody else changed the draft', detail })
    },
  )
}

export function validate(app: App, { ref }: OpenProfile): Promise<void> {
  return attempt(app, async () => {
    const validation = await app.api.validate(ref)
    const { profile } = app.state
    if (profile) app.update({ profile: { ...profile, validation } })
    document.querySelector<HTMLElement>('[data-findings]')?.focus()
  })
}
