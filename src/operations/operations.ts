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

/** Undefined for an id that no operation has. */
export function getOperation(id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id)
}
