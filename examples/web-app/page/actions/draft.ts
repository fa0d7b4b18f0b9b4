import { type App, attempt, showDone, showProblem } from '../app.ts'
import { isSameRef, type OpenProfile } from '../state.ts'
import { inDraft, readDraftAnew } from './changes.ts'
import { showChange } from './profiles.ts'

export function removeServer(app: App, { ref, draft }: OpenProfile, name: string): Promise<void> {
  return attempt(
    app,
    async () => {
      await app.api.removeServer(ref, name, { ifMatch: draft.etag })
      await showChange(app, ref, `${name} is out of the draft. What is published or deployed stays as it is.`)
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

/** What is found is of one draft, and is shown with no other. */
export function validate(app: App, { ref, draft }: OpenProfile): Promise<void> {
  return attempt(app, async () => {
    const validation = await app.api.validate(ref)
    const { profile } = app.state
    if (!profile || !isSameRef(profile.ref, ref)) return
    if (profile.draft.etag !== draft.etag)
      return showDone(app, 'The draft has changed meanwhile. Validate it again.')
    app.update({ profile: { ...profile, validation } })
    document.querySelector<HTMLElement>('[data-findings]')?.focus()
  })
}
