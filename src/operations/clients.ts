import { type ProfileRef, transports } from '../vocabulary.ts'
import { isWithin, profilesWithin } from './limits.ts'
import { defineOperation, type OperationContext, type Principal } from './operation.ts'
import { defaultLimit, keyAfter, type PageRequest, toPage } from './pages.ts'
import {
  artifactId,
  clientId,
  closed,
  count,
  cursor,
  limit,
  nextCursor,
  nullable,
  sequence,
  time,
} from './schemas.ts'
import { Type } from './type.ts'

const client = Type.Object({
  client_id: Type.String(),
  display_name: Type.String(),
  platforms: Type.Array(Type.String({ description: 'darwin, linux or win32.' })),
  config_path: nullable(
    Type.String({ description: 'Where this machine has the file; null where the client has none.' }),
  ),
  config_format: Type.Enum(['json', 'jsonc']),
  transports: Type.Array(Type.Enum([...transports]), { description: 'What the client itself speaks.' }),
  profiles: Type.Array(Type.String(), { description: 'Those that have a draft or a release.' }),
})

const deployment = Type.Object(
  {
    artifact_id: artifactId,
    sequence,
    deployed_at: time,
    deployed_by: Type.String({ description: 'The id of the credential that asked for it.' }),
    config_path: Type.String({ description: 'The file that was written.' }),
    file_state: Type.Enum(['in_sync', 'edited', 'missing', 'unreadable'], {
      description:
        'edited: a deployed entry was changed or taken out; missing: the file or all deployed entries are gone; unreadable: it cannot be parsed.',
    }),
    outdated: Type.Boolean({ description: 'A newer release of the profile exists.' }),
  },
  { description: "What stands in the client's file." },
)

const profile = Type.Object({
  profile_id: Type.String(),
  latest_artifact_id: nullable(artifactId),
  sequence: nullable(sequence),
  updated_at: time,
  deployment: nullable(deployment),
})

export const listClients = defineOperation({
  id: 'list_clients',
  method: 'GET',
  path: '/v1/clients',
  tool: 'list_clients',
  scope: 'read',
  keepable: true,
  summary: 'List the clients',
  description:
    'Every AI client that can be configured, with the file it reads on this machine and its profiles.',
  input: closed({}),
  output: Type.Object({ clients: Type.Array(client), count }),
  errors: [],
  async handler({ orchestrator, principal }) {
    const within = orchestrator.clients.filter(({ clientId }) => isWithin(principal, { clientId }))
    const profileIds = await orchestrator.profiles.ids(principal.limits ?? null)
    const clients = await Promise.all(within.map((each) => toClient(orchestrator, each, profileIds)))
    return { clients, count: clients.length }
  },
})

export const listProfiles = defineOperation({
  id: 'list_profiles',
  method: 'GET',
  path: '/v1/clients/{client_id}/profiles',
  tool: 'list_clients',
  scope: 'read',
  summary: "List a client's profiles",
  description:
    'The profiles of a client that have a draft or a release, with the latest release and what is deployed.',
  input: closed({ client_id: clientId, limit: Type.Optional(limit), cursor: Type.Optional(cursor) }),
  output: Type.Object({
    client_id: Type.String(),
    profiles: Type.Array(profile),
    count,
    next_cursor: Type.Optional(nextCursor),
  }),
  errors: ['client_not_found', 'signature_invalid'],
  async handler({ orchestrator, principal }, input) {
    const deployed = await orchestrator.deployments.current(input.client_id)
    const found = await orchestrator.profiles.list(input.client_id, toProfilePage(principal, input))
    const { items, ...next } = toPage(found, input, ({ profileId }) => profileId)
    const profiles = items.map((each) => ({
      profile_id: each.profileId,
      latest_artifact_id: each.latest?.artifactId ?? null,
      sequence: each.latest?.sequence ?? null,
      updated_at: each.updatedAt,
      deployment: deployed?.profileId === each.profileId ? toDeployment(deployed) : null,
    }))
    return { client_id: input.client_id, profiles, count: profiles.length, ...next }
  },
})

/** What of a profile stands in its client's file; undefined when nothing does. No other profile is looked at. */
export async function findDeployment(
  { orchestrator }: OperationContext,
  { clientId, profileId }: ProfileRef,
) {
  const deployed = await orchestrator.deployments.current(clientId)
  return deployed?.profileId === profileId ? toDeployment(deployed) : undefined
}

type Orchestrator = OperationContext['orchestrator']
type Deployed = NonNullable<Awaited<ReturnType<Orchestrator['deployments']['current']>>>

/** One more than is shown; of a principal with limits only what is within them, so that what lies beyond costs nothing. */
function toProfilePage(principal: Principal, input: PageRequest & { readonly client_id: string }) {
  const after = keyAfter(input)
  const only = profilesWithin(principal, { clientId: input.client_id })
  return {
    limit: (input.limit ?? defaultLimit) + 1,
    ...(after !== undefined && { after }),
    ...(only && { only }),
  }
}

async function toClient(
  orchestrator: Orchestrator,
  each: Orchestrator['clients'][number],
  profileIds: ReadonlyMap<string, readonly string[]>,
) {
  return {
    client_id: each.clientId,
    display_name: each.displayName,
    platforms: Object.entries(each.configPaths).flatMap(([platform, paths]) =>
      paths.length > 0 ? [platform] : [],
    ),
    config_path: await orchestrator.deployments.configPath(each.clientId),
    config_format: each.configFormat,
    transports: each.transports,
    profiles: profileIds.get(each.clientId) ?? [],
  }
}

function toDeployment(deployed: Deployed) {
  return {
    artifact_id: deployed.artifactId,
    sequence: deployed.sequence,
    deployed_at: deployed.deployedAt,
    deployed_by: deployed.deployedBy,
    config_path: deployed.configPath,
    file_state: deployed.fileState,
    outdated: deployed.outdated,
  }
}
