import Type from 'typebox'
import { transports } from '../vocabulary.ts'
import { isWithin } from './limits.ts'
import { defineOperation, type OperationContext } from './operation.ts'
import { defaultLimit, keyAfter, toPage } from './pages.ts'
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
  summary: 'List the clients',
  description:
    'Every AI client that can be configured, with the file it reads on this machine and its profiles.',
  input: closed({}),
  output: Type.Object({ clients: Type.Array(client), count }),
  errors: [],
  async handler(context) {
    const { clients: all } = context.orchestrator
    const within = all.filter(({ clientId }) => isWithin(context.principal, { clientId }))
    const clients = await Promise.all(within.map((each) => toClient(context, each)))
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
  async handler(context, input) {
    const deployed = await context.orchestrator.deployments.current(input.client_id)
    const found = await listWithin(
      context,
      input.client_id,
      keyAfter(input),
      (input.limit ?? defaultLimit) + 1,
    )
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

type Orchestrator = OperationContext['orchestrator']
type Listed = Awaited<ReturnType<Orchestrator['profiles']['list']>>[number]
type Deployed = NonNullable<Awaited<ReturnType<Orchestrator['deployments']['current']>>>

/** The first profiles after a key that are within the principal's limits. */
async function listWithin(
  { orchestrator, principal }: OperationContext,
  clientId: string,
  from: string | undefined,
  limit: number,
): Promise<readonly Listed[]> {
  const found: Listed[] = []
  let after = from
  for (;;) {
    const page = await orchestrator.profiles.list(clientId, { ...(after !== undefined && { after }), limit })
    found.push(...page.filter(({ profileId }) => isWithin(principal, { clientId, profileId })))
    after = page.at(-1)?.profileId
    if (page.length < limit || found.length >= limit) return found.slice(0, limit)
  }
}

async function toClient(
  { orchestrator, principal }: OperationContext,
  each: Orchestrator['clients'][number],
) {
  const { clientId } = each
  const profileIds = await orchestrator.profiles.ids(clientId)
  return {
    client_id: each.clientId,
    display_name: each.displayName,
    platforms: Object.entries(each.configPaths).flatMap(([platform, paths]) =>
      paths.length > 0 ? [platform] : [],
    ),
    config_path: await orchestrator.deployments.configPath(each.clientId),
    config_format: each.configFormat,
    transports: each.transports,
    profiles: profileIds.filter((profileId) => isWithin(principal, { clientId, profileId })),
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
