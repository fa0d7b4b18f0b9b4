import type {
  AddRequest,
  Client,
  ConfigDiff,
  DeployRequest,
  DeployResult,
  DescribedServer,
  Draft,
  Payload,
  Profile,
  ProfileRef,
  Publication,
  Release,
  ServerPage,
  Validation,
} from './api-types.ts'
import { Refusal, readProblem, unreachable } from './problem.ts'

export interface Credentials {
  readonly server: string
  readonly token: string
}

/** An answer and the ETag by which a change says what it is based on. */
export interface Seen<T> {
  readonly value: T
  readonly etag: string
}

/** A change that is made only if nothing else was changed meanwhile, and only once however often it is sent. */
export interface Terms {
  readonly ifMatch: string
  readonly idempotencyKey?: string
}

interface Options extends Partial<Terms> {
  readonly method?: 'GET' | 'POST'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export type Api = ReturnType<typeof createApi>

/** Nothing but fetch: each operation is one line. Throws a `Refusal` when it is not answered with a success. */
export function createApi({ server, token }: Credentials) {
  return {
    clients: async () => (await read<{ readonly clients: readonly Client[] }>('/v1/clients')).clients,
    profiles,
    hasSigningKey: async () =>
      (await read<{ readonly keys: readonly object[] }>('/.well-known/jwks.json')).keys.length > 0,
    initializeKeys: () => post<object>('/v1/keys/initialize'),
    searchServers: (query: Readonly<Record<string, string>>) =>
      read<ServerPage>(`/v1/servers?${new URLSearchParams(query)}`),
    describeServer: (id: string) => read<DescribedServer>(`/v1/servers/${encodeURIComponent(id)}`),

    draft: (ref: ProfileRef) => look<Draft>(`${pathOf(ref)}/draft`),
    addServer: (ref: ProfileRef, body: AddRequest, terms: Terms) =>
      post<object>(`${pathOf(ref)}/draft/add`, { body, ...terms }),
    removeServer: (ref: ProfileRef, server_name: string, terms: Terms) =>
      post<object>(`${pathOf(ref)}/draft/remove`, { body: { server_name }, ...terms }),
    validate: (ref: ProfileRef) => post<Validation>(`${pathOf(ref)}/validate`),

    latest: (ref: ProfileRef) => look<Release>(pathOf(ref)),
    history: async (ref: ProfileRef, page: { readonly limit: number; readonly before: number }) =>
      (await read<Release>(`${pathOf(ref)}?history=${page.limit}&before=${page.before}`)).history ?? [],
    diff: async (ref: ProfileRef, local_payload: Payload) =>
      (await post<{ readonly diff: ConfigDiff }>('/v1/config/diff', { body: { ...ref, local_payload } }))
        .diff,
    publish: (ref: ProfileRef, changelog: string, terms: Terms) =>
      post<Publication>(`${pathOf(ref)}/publish`, { body: changelog ? { changelog } : {}, ...terms }),
    deploy: (ref: ProfileRef, body: DeployRequest, terms: Partial<Terms>) =>
      post<DeployResult>(`${pathOf(ref)}/deploy`, { body, ...terms }),

    /** A stream that stays open; EventSource could send no credential. */
    events: (lastId: string, signal: AbortSignal) =>
      ask('/events', { signal, headers: lastId ? { 'last-event-id': lastId } : {} }),
  }

  async function profiles(clientId: string): Promise<readonly Profile[]> {
    const found: Profile[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query = cursor && `?cursor=${encodeURIComponent(cursor)}`
      const page: ProfilePage = await read<ProfilePage>(`/v1/clients/${clientId}/profiles${query}`)
      found.push(...page.profiles)
      cursor = page.next_cursor
    }
    return found
  }

  async function read<T>(path: string, options: Options = {}): Promise<T> {
    return (await (await ask(path, options)).json()) as T
  }

  async function look<T>(path: string): Promise<Seen<T>> {
    const response = await ask(path, {})
    return { value: (await response.json()) as T, etag: response.headers.get('etag') ?? '' }
  }

  async function post<T>(path: string, options: Options = {}): Promise<T> {
    return await read<T>(path, { ...options, method: 'POST' })
  }

  async function ask(path: string, options: Options): Promise<Response> {
    const { method = 'GET', body, ifMatch, idempotencyKey, signal = null } = options
    const headers = {
      authorization: `Bearer ${token}`,
      ...options.headers,
      ...(body && { 'content-type': 'application/json' }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(idempotencyKey && { 'idempotency-key': `"${idempotencyKey}"` }),
    }
    const init = { method, headers, signal, cache: 'no-store', ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(server + path, init as RequestInit).catch((cause) => {
      throw signal?.aborted ? cause : unreachable(server, cause)
    })
    if (!response.ok) throw new Refusal(await readProblem(response))
    return response
  }
}

interface ProfilePage {
  readonly profiles: readonly Profile[]
  readonly next_cursor?: string
}

function pathOf({ client_id, profile_id }: ProfileRef): string {
  return `/v1/config/${client_id}/${profile_id}`
}

/** A name for one intent; `crypto.randomUUID` is missing where a page comes over plain http from another machine. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
