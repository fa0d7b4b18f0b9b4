import { getClient } from '../clients/client.ts'
import { formatReference } from '../secrets/references.ts'
import { type Secrets, secretName } from '../secrets/secrets.ts'
import type { Catalogue } from '../servers/catalogue.ts'
import { instantiate } from '../servers/instantiation.ts'
import type { Entry, Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import {
  isId,
  isServerName,
  type JsonObject,
  type Limits,
  type Payload,
  type ProfileRef,
} from '../vocabulary.ts'
import {
  type Draft,
  draftKey,
  draftPrefix,
  draftRoom,
  emptyDraft,
  hasServer,
  readDraft,
  serverNames,
  toProfileId,
  withoutServer,
  withServer,
  writeDraft,
} from './draft.ts'
import { listEntries, listNames, type ProfilePage } from './profile-entries.ts'
import * as refusals from './refusals.ts'
import { type Conditions, withSecrets } from './staged-secrets.ts'
import { type Validation, validateDraft } from './validation.ts'

export type { Draft } from './draft.ts'
export type { ProfilePage } from './profile-entries.ts'
export type { Validation } from './validation.ts'

/** The drafts of all profiles. An unknown client is `client_not_found`, a profile's id that is none `invalid_request`. */
export interface Drafts {
  /** A draft that nobody has begun is empty, and looking makes none. */
  view(ref: ProfileRef): Promise<Draft>
  /** Undefined if nobody has begun the draft. */
  find(ref: ProfileRef): Promise<Draft | undefined>
  /**
   * Puts a server of the catalogue into the draft, and its secrets into the vault. `server_not_found`, `validation_failed`,
   * `server_already_in_draft`, `precondition_failed`, `write_failed`: draft and vault are then as they were.
   */
  add(ref: ProfileRef, input: AddInput, expectation?: Expectation): Promise<Added>
  /** `server_not_in_draft`, `precondition_failed`. The vault keeps the server's secrets, since releases may refer to them. */
  remove(ref: ProfileRef, serverName: string, expectation?: Expectation): Promise<Removed>
  /** Leaves an empty draft, which when published withdraws everything. `precondition_failed`. */
  clear(ref: ProfileRef, expectation?: Expectation): Promise<Cleared>
  /** `profile_not_found` if nobody has begun the draft. */
  validate(ref: ProfileRef): Promise<Validation>
  /** By profile id; `after` in the page is a profile id. */
  list(clientId: string, page?: ProfilePage): Promise<readonly BegunDraft[]>
  /**
   * The profiles that have a draft, within the limits, each as `client/profile`; the drafts aren't read, so that a damaged one stands in
   * nobody's way.
   */
  names(limits: Limits | null): Promise<readonly string[]>
}

export interface AddInput {
  readonly serverId: string
  /** Default: the server's id. */
  readonly serverName?: string
  readonly params?: JsonObject
  readonly envVars?: JsonObject
}

export interface Expectation {
  /** The revision that the draft must still have; 0 = it must not have been begun. */
  readonly expectedRevision?: number
}

/** A draft as it is now, and as it was before it was changed. */
interface Changed {
  readonly draft: Draft
  readonly before: Draft
}

export interface Added extends Changed {
  readonly serverName: string
}

export type Removed = Changed

export interface Cleared extends Changed {
  readonly previousCount: number
}

export interface BegunDraft {
  readonly profileId: string
  readonly updatedAt: string
}

export interface DraftsOptions {
  readonly store: Store
  readonly catalogue: Catalogue
  readonly secrets: Secrets
  readonly clock: () => Date
}

export function createDrafts(options: DraftsOptions): Drafts {
  return {
    view: (ref) => view(options, ref),
    find: (ref) => find(options, ref),
    add: (ref, input, expectation = {}) => add(options, ref, input, expectation),
    remove: (ref, serverName, expectation = {}) => remove(options, ref, serverName, expectation),
    clear: (ref, expectation = {}) => clear(options, ref, expectation),
    validate: (ref) => validate(options, ref),
    list: (clientId, page = {}) => list(options, clientId, page),
    names: (limits) => listNames(options.store, draftRoom, limits),
  }
}

async function find({ store }: DraftsOptions, ref: ProfileRef): Promise<Draft | undefined> {
  checkRef(ref)
  const entry = await store.get(draftKey(ref))
  return entry && toDraft(ref, entry)
}

async function view(options: DraftsOptions, ref: ProfileRef): Promise<Draft> {
  return (await find(options, ref)) ?? emptyDraft(ref)
}

async function add(
  options: DraftsOptions,
  ref: ProfileRef,
  input: AddInput,
  expectation: Expectation,
): Promise<Added> {
  checkRef(ref)
  const server = await options.catalogue.get(input.serverId)
  const serverName = input.serverName ?? server.serverId
  if (!isServerName(serverName)) throw refusals.invalidServerName(serverName)
  const made = instantiate(server, input, (variable) => toReference(ref, serverName, variable))
  if (!made.ok) throw refusals.invalidInput(server.serverId, made.errors)
  const refuse = (draft: Draft) => {
    checkRevision(draft, expectation)
    if (hasServer(draft, serverName)) throw refusals.alreadyInDraft(ref, serverName)
  }
  const staged = { ...options, ref, serverName, values: made.secrets }
  const check = async () => refuse(await view(options, ref))
  const { before, after } = await withSecrets(staged, check, (conditions) =>
    update(options, ref, async (draft) => {
      refuse(draft)
      return { payload: withServer(draft, serverName, made.entry), ...(await conditions()) }
    }),
  )
  return { serverName, draft: after, before }
}

async function remove(
  options: DraftsOptions,
  ref: ProfileRef,
  serverName: string,
  expectation: Expectation,
): Promise<Removed> {
  checkRef(ref)
  const { before, after } = await update(options, ref, (draft) => {
    checkRevision(draft, expectation)
    if (!hasServer(draft, serverName)) throw refusals.notInDraft(ref, serverName, serverNames(draft))
    return { payload: withoutServer(draft, serverName) }
  })
  return { draft: after, before }
}

async function clear(options: DraftsOptions, ref: ProfileRef, expectation: Expectation): Promise<Cleared> {
  checkRef(ref)
  const { before, after } = await update(options, ref, (draft) => {
    checkRevision(draft, expectation)
    return serverNames(draft).length === 0 ? undefined : { payload: { mcpServers: {} } }
  })
  return { previousCount: serverNames(before).length, draft: after, before }
}

async function validate(options: DraftsOptions, ref: ProfileRef): Promise<Validation> {
  const draft = await find(options, ref)
  if (!draft) throw refusals.noDraft(ref)
  const packages = await options.catalogue.packages()
  return validateDraft(getClient(ref.clientId), draft, packages, options.clock())
}

async function list(
  { store }: DraftsOptions,
  clientId: string,
  page: ProfilePage,
): Promise<readonly BegunDraft[]> {
  const entries = await listEntries(store, draftPrefix(getClient(clientId).clientId), page)
  return entries.map((entry) => toBegunDraft(clientId, entry))
}

/** What becomes of the draft; undefined = it stays as it is. */
type Next = { readonly payload: Payload } & Conditions

async function update(
  { store, clock }: DraftsOptions,
  ref: ProfileRef,
  decide: (draft: Draft) => Promise<Next> | Next | undefined,
): Promise<{ readonly before: Draft; readonly after: Draft }> {
  const key = draftKey(ref)
  const { result, revision } = await updateEntry(store, key, async (entry) => {
    const before = entry ? toDraft(ref, entry) : emptyDraft(ref)
    const next = await decide(before)
    if (!next) return { result: { before, after: before } }
    const { payload, ...rest } = next
    const after = { ...before, payload, updatedAt: clock().toISOString() }
    return { change: { ...rest, put: { [key]: writeDraft(after) } }, result: { before, after } }
  })
  return revision === undefined ? result : { ...result, after: { ...result.after, revision } }
}

/** `client_not_found` for a client that is none of ours, `invalid_request` for what can't be a profile's id. */
function checkRef({ clientId, profileId }: ProfileRef): void {
  getClient(clientId)
  if (!isId(profileId)) throw refusals.invalidProfileId(profileId)
}

function checkRevision(draft: Draft, { expectedRevision }: Expectation): void {
  const isExpected = expectedRevision === undefined || expectedRevision === draft.revision
  if (!isExpected) throw refusals.wrongRevision(draft, draft.revision, expectedRevision)
}

function toDraft(ref: ProfileRef, entry: Entry): Draft {
  const draft = readDraft(ref, entry)
  if (!draft) throw refusals.damaged(entry.key)
  return draft
}

/** A damaged draft is listed, too: whoever looks at it is told. */
function toBegunDraft(clientId: string, entry: Entry): BegunDraft {
  const profileId = toProfileId(entry.key)
  const updatedAt = readDraft({ clientId, profileId }, entry)?.updatedAt
  return { profileId, updatedAt: updatedAt ?? new Date(0).toISOString() }
}

function toReference(ref: ProfileRef, serverName: string, variable: string): string {
  return formatReference({ source: 'secret', name: secretName(ref, serverName, variable) })
}
