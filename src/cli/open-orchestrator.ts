import type { Orchestrator } from '../orchestrator.ts'
import type { CommonSettings } from './settings.ts'

/** The orchestrator of a command's settings. Loaded on demand, so that `--help` doesn't wait for it. */
export async function openOrchestrator(
  { home, store }: CommonSettings,
  onWarning: (sentence: string) => void = toStderr,
): Promise<Orchestrator> {
  const { createOrchestrator } = await import('../orchestrator.ts')
  return createOrchestrator({ store, onWarning, ...(home !== undefined && { home }) })
}

function toStderr(sentence: string): void {
  process.stderr.write(`warning: ${sentence}\n`)
}
