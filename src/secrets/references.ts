import { referencePattern, type ServerEntry } from '../vocabulary.ts'

/** A value that is known only on the machine that deploys. */
export interface Reference {
  readonly source: 'secret' | 'env'
  readonly name: string
}

export type Resolution =
  | { readonly ok: true; readonly entry: ServerEntry }
  /** The references without a value, as they stand in the entry, each once. */
  | { readonly ok: false; readonly missing: readonly string[] }

const anyReference = new RegExp(referencePattern, 'gu')

/** The references in a text, in their order. */
export function findReferences(text: string): readonly Reference[] {
  return [...text.matchAll(anyReference)].map((match) => toReference(match.groups))
}

export function formatReference({ source, name }: Reference): string {
  return `\${${source}:${name}}`
}

/** The text with each reference replaced. What replaces it is never searched for references itself. */
export function replaceReferences(text: string, replacement: (reference: Reference) => string): string {
  return text.replace(anyReference, (...match) => replacement(toReference(match.at(-1))))
}

/** Puts values in place of every reference in the entry, or names all that have none. */
export async function resolveEntry(
  entry: ServerEntry,
  lookup: (reference: Reference) => Promise<string | undefined>,
): Promise<Resolution> {
  const values = await lookUpAll(textsOf(entry).flatMap(findReferences), lookup)
  const missing = [...values.keys()].filter((key) => values.get(key) === undefined)
  if (missing.length > 0) return { ok: false, missing }
  const resolve = (text: string) =>
    replaceReferences(text, (reference) => values.get(formatReference(reference)) ?? '')
  return { ok: true, entry: mapTexts(entry, resolve) }
}

async function lookUpAll(
  references: readonly Reference[],
  lookup: (reference: Reference) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const unique = new Map(references.map((reference) => [formatReference(reference), reference]))
  const pairs = [...unique].map(async ([key, reference]) => [key, await lookup(reference)] as const)
  return new Map(await Promise.all(pairs))
}

function textsOf(entry: ServerEntry): readonly string[] {
  return entry.type === 'stdio'
    ? [entry.command, ...entry.args, ...Object.values(entry.env)]
    : [entry.url, ...Object.values(entry.headers)]
}

function mapTexts(entry: ServerEntry, map: (text: string) => string): ServerEntry {
  return entry.type === 'stdio'
    ? { ...entry, command: map(entry.command), args: entry.args.map(map), env: mapValues(entry.env, map) }
    : { ...entry, url: map(entry.url), headers: mapValues(entry.headers, map) }
}

function mapValues(values: Readonly<Record<string, string>>, map: (text: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))
}

function toReference(groups: Readonly<Record<string, string>> | undefined): Reference {
  return { source: groups?.source === 'secret' ? 'secret' : 'env', name: groups?.name ?? '' }
}
