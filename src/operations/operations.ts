import { listAudit } from './audit.ts'
import { listClients, listProfiles } from './clients.ts'
import { diffConfig, getConfig } from './configurations.ts'
import { deployConfig } from './deployments.ts'
import {
  addServerToConfig,
  clearDraftConfig,
  removeServerFromConfig,
  validateConfig,
  viewDraftConfig,
} from './drafts.ts'
import { initializeKeys } from './keys.ts'
import type { Operation } from './operation.ts'
import { publishConfig } from './releases.ts'
import { describeServer, listAvailableServers } from './servers.ts'
import { createToken, listTokens, revokeToken, rotateToken } from './tokens.ts'

/** The catalogue: each thing one can do, written once. HTTP routes, MCP tools, commands and reference pages are derived from it. */
export const operations: readonly Operation[] = [
  listClients,
  listProfiles,
  getConfig,
  diffConfig,
  addServerToConfig,
  removeServerFromConfig,
  viewDraftConfig,
  clearDraftConfig,
  validateConfig,
  publishConfig,
  deployConfig,
  listAvailableServers,
  describeServer,
  initializeKeys,
]

/** What administers the product itself, from the same catalogue: over HTTP and by the command, but never for agents. */
export const adminOperations: readonly Operation[] = [
  listTokens,
  createToken,
  rotateToken,
  revokeToken,
  listAudit,
]

/** Undefined for an id that no operation has. */
export function getOperation(id: string): Operation | undefined {
  return [...operations, ...adminOperations].find((operation) => operation.id === id)
}
