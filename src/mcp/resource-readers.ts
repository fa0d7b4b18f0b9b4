import { OrchestrationError } from '../errors.ts'
import { findDeployment, listClients, listProfiles } from '../operations/clients.ts'
import { getConfig } from '../operations/configurations.ts'
import { viewDraftConfig } from '../operations/drafts.ts'
import { requireWithin } from '../operations/limits.ts'
import {
  callOperation,
  type Operation,
  type OperationContext,
  type Principal,
  requireScope,
} from '../operations/operation.ts'
import { describeServer, listAvailableServers } from '../operations/servers.ts'
import { version } from '../version.ts'
import type { JsonObject } from '../vocabulary.ts'
import { operationsOf, toolsFor } from './tools.ts'

/** One resource, or a family of them under a template: how it is called and how operations answer it. */
export interface ResourceReader {
  /** A URI, or a template with variables that are ids. */
  readonly uri: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly read: (context: OperationContext, variables: Variables) => Promise<JsonObject>
}

export type Variables = Readonly<Record<string, string>>

export const resourceReaders: readonly ResourceReader[] = [
  {
    uri: 'config://{client_id}/{profile_id}/draft',
    name: 'draft',
    title: 'Draft of a profile',
    description: 'The working configuration with its revision; an empty one if nothing was begun.',
    read: (context, profile) => callOperation(viewDraftConfig, context, profile),
  },
  {
    uri: 'config://{client_id}/{profile_id}/latest',
    name: 'latest',
    title: 'Latest release of a profile',
    description: 'The configuration published last, with its signed envelope.',
    read: (context, profile) => callOperation(getConfig, context, profile),
  },
  {
    uri: 'config://{client_id}/{profile_id}/deployed',
    name: 'deployed',
    title: 'Deployed release of a profile',
    description:
      "What was written into the client's file, when and by whom, and whether the file was edited since.",
    read: readDeployed,
  },
  {
    uri: 'catalogue://servers',
    name: 'servers',
    title: 'Catalogue of MCP servers',
    description: 'Every MCP server that can be added to a draft.',
    read: readCatalogue,
  },
  {
    uri: 'catalogue://servers/{server_id}',
    name: 'server',
    title: 'One server of the catalogue',
    description: 'How a server is run or reached, its parameters and its environment variables.',
    read: (context, server) => callOperation(describeServer, context, server),
  },
  {
    uri: 'capabilities://server',
    name: 'capabilities',
    title: 'What this server can do',
    description:
      'The version, the tools that you may call with the operations behind them, and the resources.',
    read: async ({ principal }) => capabilities(principal),
  },
  {
    uri: 'capabilities://clients',
    name: 'clients',
    title: 'What the clients can do',
    description: 'Each AI client with its transports, its config file and its profiles.',
    read: (context) => callOperation(listClients, context, {}),
  },
]

async function readDeployed(context: OperationContext, profile: Variables): Promise<JsonObject> {
  const { client_id: clientId = '', profile_id: profileId = '' } = profile
  requireScope(context.principal, listProfiles.scope)
  requireWithin(context.principal, { clientId, profileId })
  const deployment = await findDeployment(context, { clientId, profileId })
  if (!deployment) throw notDeployed(clientId, profileId)
  const release = { ...profile, sequence: deployment.sequence }
  const { payload = null } = await callOperation(getConfig, context, release)
  return { ...profile, ...deployment, payload }
}

function notDeployed(clientId: string, profileId: string): OrchestrationError {
  return new OrchestrationError(
    'profile_not_found',
    `Nothing of the profile "${profileId}" of "${clientId}" is deployed. Deploy a release with deploy_config.`,
  )
}

async function readCatalogue(context: OperationContext): Promise<JsonObject> {
  const servers: JsonObject[] = []
  for await (const server of everyPage(listAvailableServers, context, 'servers', {})) servers.push(server)
  return { servers, count: servers.length }
}

/** The entries of a list that is answered in pages. */
async function* everyPage(
  operation: Operation,
  context: OperationContext,
  list: string,
  input: JsonObject,
): AsyncGenerator<JsonObject> {
  let page = await callOperation(operation, context, input)
  yield* page[list] as readonly JsonObject[]
  while (typeof page.next_cursor === 'string') {
    page = await callOperation(operation, context, { ...input, cursor: page.next_cursor })
    yield* page[list] as readonly JsonObject[]
  }
}

function capabilities(principal: Principal): JsonObject {
  return {
    name: 'mcp-orchestration',
    version,
    tools: toolsFor(principal).map(({ name, listed, ...tool }) => ({
      name,
      title: listed.title ?? name,
      read_only: listed.annotations?.readOnlyHint ?? false,
      operations: operationsOf(tool).map(({ id, scope }) => ({ operation: id, scope })),
    })),
    resources: resourceReaders.map(({ uri }) => uri),
  }
}
