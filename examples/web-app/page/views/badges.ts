import { html, type TemplateResult } from 'lit-html'
import type { Deployment, FileState, Profile } from '../api-types.ts'

interface Badge {
  readonly tone: 'good' | 'info' | 'warn' | 'bad' | 'idle'
  readonly text: string
}

const fileStates: Readonly<Record<FileState, Badge>> = {
  in_sync: { tone: 'good', text: 'In sync' },
  edited: { tone: 'warn', text: 'Edited' },
  missing: { tone: 'bad', text: 'Missing' },
  unreadable: { tone: 'bad', text: 'Unreadable' },
}

/** How a profile stands, each time in words. */
export function viewBadges({
  sequence,
  deployment,
}: Pick<Profile, 'sequence' | 'deployment'>): TemplateResult {
  return html`<span class="badges">${badgesOf(sequence, deployment).map(viewBadge)}</span>`
}

export function viewFileState(state: FileState): TemplateResult {
  return viewBadge(fileStates[state])
}

export function viewBadge({ tone, text }: Badge): TemplateResult {
  return html`<span class="badge ${tone}">${text}</span>`
}

export function needsAttention({ deployment }: Profile): boolean {
  return deployment !== null && (deployment.file_state !== 'in_sync' || deployment.outdated)
}

function badgesOf(sequence: number | null, deployment: Deployment | null): readonly Badge[] {
  if (sequence === null) return [{ tone: 'idle', text: 'Nothing published' }]
  if (!deployment) return [{ tone: 'idle', text: 'Not deployed' }]
  const outdated: Badge = { tone: 'info', text: 'Outdated' }
  return [fileStates[deployment.file_state], ...(deployment.outdated ? [outdated] : [])]
}
