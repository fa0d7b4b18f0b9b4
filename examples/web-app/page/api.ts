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
import { disconnected, Refusal, readProblem, unreachable } from './problem.ts'

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

/** After that, nobody will answer any more. */
const longestMs = 30_000

/**
 * Nothing but fetch: each operation is one line. Throws a `Refusal` when it is not answered with a success, or not in time. What is under way
 * ends with the token, which `over` says.
 */
export function createApi({ server, token }: Credentials, over: AbortSignal) {
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

    events,
  }

  /** A stream that stays open, so only its beginning has a time limit; EventSource could send no credential. */
  async function events(lastId: string, given: AbortSignal): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new DOMException('Too late', 'TimeoutError')), longestMs)
    const signal = AbortSignal.any([given, late.signal])
    const headers = lastId ? { 'last-event-id': lastId } : {}
    return await ask('/events', { signal, headers }).finally(() => clearTimeout(timer))
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
    return await jsonOf<T>(await ask(path, options))
  }

  async function look<T>(path: string): Promise<Seen<T>> {
    const response = await ask(path, {})
    return { value: await jsonOf<T>(response), etag: response.headers.get('etag') ?? '' }
  }

  async function post<T>(path: string, options: Options = {}): Promise<T> {
    return await read<T>(path, { ...options, method: 'POST' })
  }

  async function ask(path: string, options: Options): Promise<Response> {
    const { method = 'GET', body, ifMatch, idempotencyKey } = options
    const { signal = AbortSignal.timeout(longestMs) } = options
    const headers = {
      authorization: `Bearer ${token}`,
      ...options.headers,
      ...(body && { 'content-type': 'application/json' }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(idempotencyKey && { 'idempotency-key': `"${idempotencyKey}"` }),
    }
    const response = await fetch(server + path, {
      method,
      headers,
      signal: AbortSignal.any([over, signal]),
      cache: 'no-store',
      ...(body && { body: JSON.stringify(body) }),
    }).catch(giveUp)
    if (!response.ok) throw new Refusal(await readProblem(response))
    return response
  }

  async function jsonOf<T>(response: Response): Promise<T> {
    return (await response.json().catch(giveUp)) as T
  }

  function giveUp(cause: unknown): never {
    throw over.aborted ? disconnected() : unreachable(server, cause)
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
