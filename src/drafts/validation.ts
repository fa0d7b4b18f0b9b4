import type { Client } from '../clients/client.ts'
import type { Finding } from '../errors.ts'
import { toPointer } from '../json.ts'
import { isServerName } from '../vocabulary.ts'
import { type Complaint, error, type Severity, warning } from './complaint.ts'
import type { Draft } from './draft.ts'
import { findInEntry } from './entry-check.ts'
import { invalidServerNameSentence } from './refusals.ts'

/** The pointer is one into the payload. */
export interface ValidationFinding extends Finding {
  readonly severity: Severity
  /** Absent where the finding is about the configuration as a whole. */
  readonly serverName?: string
}

export interface Validation {
  /** No errors; warnings keep nothing from being published. */
  readonly valid: boolean
  readonly errors: readonly ValidationFinding[]
  readonly warnings: readonly ValidationFinding[]
  readonly serverCount: number
  /** ISO 8601. */
  readonly validatedAt: string
  /** What was validated, at its revision. */
  readonly draft: Draft
}

/** A payload as it may stand in a store that an older version wrote, or somebody's hand. */
export interface UncheckedPayload {
  readonly mcpServers: Readonly<Record<string, unknown>>
}

export function validateDraft(
  client: Client,
  draft: Draft,
  packages: ReadonlySet<string>,
  now: Date,
): Validation {
  const findings = validatePayload(client, draft.payload, packages)
  const errors = findings.filter(({ severity }) => severity === 'error')
  return {
    valid: errors.length === 0,
    errors,
    warnings: findings.filter(({ severity }) => severity === 'warning'),
    serverCount: Object.keys(draft.payload.mcpServers).length,
    validatedAt: now.toISOString(),
    draft,
  }
}

/**
 * Everything that is wrong with a configuration for this client, in an order that depends on nothing but its content. Without an error
 * in it, it is a payload exactly. `packages` are those of the catalogue. A message never repeats a value, which may be a secret.
 */
export function validatePayload(
  client: Client,
  { mcpServers }: UncheckedPayload,
  packages: ReadonlySet<string>,
): readonly ValidationFinding[] {
  const names = Object.keys(mcpServers).sort()
  const own = [...findInNames(client, names)].map((complaint) => toFinding(complaint))
  const servers = names.flatMap((name) =>
    [...findInServer(client, name, mcpServers[name], packages)].map((complaint) =>
      toFinding(complaint, name),
    ),
  )
  return [...own, ...servers]
}

function* findInNames({ displayName, limits }: Client, names: readonly string[]): Generator<Complaint> {
  const { maxServers = Number.POSITIVE_INFINITY } = limits
  if (names.length === 0) {
    yield warning(
      'empty_config',
      [],
      'The configuration has no servers. Publishing it withdraws those of the release before.',
    )
  }
  if (names.length > maxServers) {
    yield error(
      'too_many_servers',
      [],
      `${displayName} takes ${maxServers} servers at the most, and here are ${names.length}.`,
    )
  }
}

function* findInServer(
  client: Client,
  name: string,
  entry: unknown,
  packages: ReadonlySet<string>,
): Generator<Complaint> {
  if (!isServerName(name)) yield error('invalid_server_name', [], invalidServerNameSentence(name))
  yield* findInEntry(client, entry, packages)
}

function toFinding({ code, severity, at, message }: Complaint, serverName?: string): ValidationFinding {
  const steps = ['mcpServers', ...(serverName === undefined ? [] : [serverName]), ...at]
  return {
    code,
    pointer: toPointer(...steps),
    message,
    severity,
    ...(serverName === undefined ? {} : { serverName }),
  }
}
