// What somebody writes with a generated client. It is JavaScript with types in comments, so that the compiler can hold it against types
// that are made while the test runs.

/**
 * @import { Client } from 'openapi-fetch'
 * @import { components, paths } from './api.ts'
 */

/**
 * Calls each operation once, in the order of Priya's day, and answers what they gave by their ids.
 *
 * @param {Client<paths>} client
 */
export async function callEach({ GET, POST, DELETE }) {
  const path = { client_id: 'claude-desktop', profile_id: 'default' }
  const inProfile = { params: { path } }
  const keys = await POST('/v1/keys/initialize', { body: {} })
  const clients = await GET('/v1/clients')
  const servers = await GET('/v1/servers', { params: { query: { search: 'files', limit: 2 } } })
  const server = await GET('/v1/servers/{server_id}', { params: { path: { server_id: 'filesystem' } } })
  const added = await POST('/v1/config/{client_id}/{profile_id}/draft/add', {
    ...inProfile,
    body: { server_id: 'filesystem', params: { path: '/home/priya/notes' } },
  })
  const draft = await GET('/v1/config/{client_id}/{profile_id}/draft', inProfile)
  const validation = await POST('/v1/config/{client_id}/{profile_id}/validate', inProfile)
  const published = await POST('/v1/config/{client_id}/{profile_id}/publish', {
    ...inProfile,
    body: { changelog: 'Adds the filesystem server' },
  })
  const deployed = await POST('/v1/config/{client_id}/{profile_id}/deploy', {
    ...inProfile,
    body: { dry_run: true },
  })
  const profiles = await GET('/v1/clients/{client_id}/profiles', {
    params: { path: { client_id: 'claude-desktop' }, query: { limit: 10 } },
  })
  const config = await GET('/v1/config/{client_id}/{profile_id}', {
    params: { path, query: { history: 5 } },
  })
  const diff = await POST('/v1/config/diff', {
    body: { ...path, local_payload: { mcpServers: config.data?.payload.mcpServers ?? {} } },
  })
  const removed = await POST('/v1/config/{client_id}/{profile_id}/draft/remove', {
    ...inProfile,
    body: { server_name: 'filesystem' },
  })
  const cleared = await DELETE('/v1/config/{client_id}/{profile_id}/draft', inProfile)
  return {
    initialize_keys: keys.data?.status,
    list_clients: clients.data?.clients.find(({ client_id }) => client_id === path.client_id)?.display_name,
    list_available_servers: servers.data?.count,
    describe_server: server.data?.parameters.map(({ name }) => name),
    add_server_to_config: added.data?.status,
    view_draft_config: draft.data?.servers,
    validate_config: validation.data?.valid,
    publish_config: published.data?.sequence,
    deploy_config: deployed.data?.servers_written,
    list_profiles: profiles.data?.profiles.map(({ sequence }) => sequence),
    get_config: config.data?.metadata.changelog,
    diff_config: diff.data?.status,
    remove_server_from_config: removed.data?.server_count,
    clear_draft_config: cleared.data?.previous_count,
  }
}

/**
 * What whoever looks after the server does beside that, in the order of a token's life.
 *
 * @param {Client<paths>} client
 */
export async function lookAfterTokens({ GET, POST, DELETE }) {
  const made = await POST('/admin/tokens', {
    body: { name: 'n8n', scopes: ['read'], limits: { clients: ['cursor'] }, expires_in: '30d' },
  })
  const path = { token_id: made.data?.token_id ?? '' }
  const listed = await GET('/admin/tokens', { params: { query: { limit: 10 } } })
  const rotated = await POST('/admin/tokens/{token_id}/rotate', { params: { path }, body: { overlap: '0s' } })
  const revoked = await DELETE('/admin/tokens/{token_id}', { params: { path } })
  return {
    list_tokens: listed.data?.tokens.map(({ name }) => name),
    create_token: made.data?.token.length,
    rotate_token: rotated.data?.replaces.token_id === path.token_id,
    revoke_token: revoked.data?.status,
  }
}

/**
 * A refusal has a type too: the codes are those that the operation can give.
 *
 * @param {Client<paths>} client
 */
export async function askForNobody({ GET }) {
  const { error, response } = await GET('/v1/clients/{client_id}/profiles', {
    params: { path: { client_id: 'nobody' } },
  })
  /** @type {components['schemas']['Problem'] | undefined} */
  const problem = error
  const isUnknown = error?.code === 'client_not_found'
  return { status: response.status, code: problem?.code, isUnknown }
}

/**
 * What the compiler must refuse: a path, a field and a value that the API does not have.
 *
 * @param {Client<paths>} client
 */
export async function misuse({ GET, POST }) {
  const path = { client_id: 'cursor', profile_id: 'default' }
  // @ts-expect-error There is no such path.
  await GET('/v1/nothing')
  // @ts-expect-error The body lacks the server's id.
  await POST('/v1/config/{client_id}/{profile_id}/draft/add', { params: { path }, body: {} })
  // @ts-expect-error There is no such transport.
  await GET('/v1/servers', { params: { query: { transport: 'pigeon' } } })
}
