import type { HttpTransport } from '../http/transport.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { adviseOnCredentials, firstTokenText, howToGetIn } from './first-token.ts'
import { cliPrincipal } from './principal.ts'
import type { ServerSettings } from './settings.ts'

export interface FirstStart {
  readonly hasApiKey: boolean
  readonly baseUrl: string
  readonly log: Pick<HttpTransport['app']['log'], 'warn'>
}

/** A server that nobody has a credential for shows a first token, or says how to make one. */
export async function handleFirstStart(
  { store }: ServerSettings,
  orchestrator: Orchestrator,
  { hasApiKey, baseUrl, log }: FirstStart,
): Promise<void> {
  const { tokens, home } = orchestrator
  const advice = adviseOnCredentials({
    hasApiKey,
    hasToken: !(await tokens.isEmpty()),
    isOnTerminal: isOnTerminal(),
  })
  if (advice === 'tell') log.warn(howToGetIn(store, home))
  if (advice !== 'show') return
  process.stdout.write(firstTokenText(await makeFirstToken(orchestrator), baseUrl))
}

async function makeFirstToken(orchestrator: Orchestrator): Promise<string> {
  const { callOperation } = await import('../operations/operation.ts')
  const { createToken } = await import('../operations/tokens.ts')
  const context = { orchestrator, principal: cliPrincipal, door: 'cli' as const }
  const { token } = await callOperation(createToken, context, { name: 'first token' })
  return String(token)
}

function isOnTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY)
}
