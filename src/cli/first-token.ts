import type { CommonSettings } from './settings.ts'

export interface Circumstances {
  readonly hasApiKey: boolean
  readonly hasToken: boolean
  /** stdin, stdout and stderr are all a terminal: a person sits there and nothing is being recorded. */
  readonly isOnTerminal: boolean
}

/** Without a credential nobody gets in: show one to the person at the terminal, tell the log how to make one, or do nothing. */
export function adviseOnCredentials({
  hasApiKey,
  hasToken,
  isOnTerminal,
}: Circumstances): 'show' | 'tell' | 'nothing' {
  if (hasApiKey || hasToken) return 'nothing'
  return isOnTerminal ? 'show' : 'tell'
}

/** For the terminal, never for a log. */
export function firstTokenText(token: string, baseUrl: string): string {
  return `\nThere was no credential yet, so here is a first token. It is shown this once:\n\n  ${token}\n\n${tokenUsage(token, baseUrl)}\n`
}

/** How a token is used, with a line to paste. */
export function tokenUsage(token: string, baseUrl: string): string {
  return `Send it in the Authorization header:\n\n  curl -H 'Authorization: Bearer ${token}' ${baseUrl}/v1/clients\n`
}

/** For the log. */
export function howToGetIn(store: CommonSettings['store'], home: string): string {
  const way =
    store === 'memory'
      ? 'Set MCP_ORCHESTRATION_API_KEY: with the memory store no command can make a token for this server.'
      : `Make a token: mcp-orchestration-generate-token --home ${JSON.stringify(home)}`
  return `There is no credential yet, so every request will be refused. ${way}`
}
