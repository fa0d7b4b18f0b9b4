import type { Finding } from '../errors.ts'
import { toPointer } from '../json.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import { isManaged, isSameValue, isUntouched, type ManagedEntries } from './deployment.ts'

export interface PlanInput {
  /** What stands in the client's file now. */
  readonly entries: ReadonlyMap<string, JsonValue>
  /** What the deployment before wrote there. */
  readonly managed: ManagedEntries
  /** What shall stand there, in the client's own shape. */
  readonly wanted: ReadonlyMap<string, JsonObject>
  /** Replace or remove managed entries that were edited by hand. */
  readonly overwrite: boolean
}

export interface Plan {
  readonly written: readonly string[]
  readonly removed: readonly string[]
  /** Wanted and already there with an equal value: managed, or the user's own. */
  readonly kept: readonly string[]
  /** The entries that are managed once the plan is carried out; an equal entry of the user's is not. */
  readonly managed: ReadonlyMap<string, JsonObject>
}

export type Planning =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly conflicts: readonly Finding[] }

/** Decides what a deploy does to each entry. Only managed entries are ever replaced or removed. */
export function planDeploy(input: PlanInput): Planning {
  const conflicts = [...conflictsOf(input)]
  return conflicts.length > 0 ? { ok: false, conflicts } : { ok: true, plan: planOf(input) }
}

function planOf(input: PlanInput): Plan {
  const { entries, managed, wanted } = input
  const isKept = (name: string) => stands(input, name)
  const isUsers = (name: string) => entries.has(name) && !isManaged(managed, name)
  const names = [...wanted.keys()]
  return {
    written: names.filter((name) => !isKept(name)),
    removed: Object.keys(managed.digests).filter((name) => entries.has(name) && !wanted.has(name)),
    kept: names.filter(isKept),
    managed: new Map([...wanted].filter(([name]) => !isUsers(name))),
  }
}

function* conflictsOf(input: PlanInput): Generator<Finding> {
  const { entries, managed, wanted, overwrite } = input
  for (const name of new Set([...wanted.keys(), ...Object.keys(managed.digests)])) {
    const value = entries.get(name)
    if (value === undefined || stands(input, name)) continue
    if (!isManaged(managed, name)) yield usersEntry(name)
    else if (!overwrite && !isUntouched(managed, name, value)) yield editedEntry(name)
  }
}

function stands({ entries, wanted }: PlanInput, name: string): boolean {
  const [value, want] = [entries.get(name), wanted.get(name)]
  return value !== undefined && want !== undefined && isSameValue(value, want)
}

function usersEntry(name: string): Finding {
  return {
    code: 'user_entry',
    pointer: toPointer('mcpServers', name),
    message: `"${name}" is an entry of your own that differs from the release's. Rename one of the two, or take yours out of the file.`,
  }
}

function editedEntry(name: string): Finding {
  return {
    code: 'edited_entry',
    pointer: toPointer('mcpServers', name),
    message: `"${name}" was deployed and has been edited in the file since. Deploy with overwrite: true to replace the edit.`,
  }
}
