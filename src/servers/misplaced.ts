import type { Finding } from '../errors.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import { invalidParameter } from './findings.ts'
import { maskReferences } from './given-value.ts'
import type { ParameterTexts } from './reading.ts'
import { expand, placeholdersOf } from './template.ts'

/** Values that are sound by themselves and wrong where they would stand. They are looked at unconcealed, and never shown. */
export function findMisplaced(server: CatalogueServer, plain: ParameterTexts): readonly Finding[] {
  return [...findOptions(server, plain), ...findBadHeaders(server, plain), ...findBadUrl(server, plain)]
}

/** An argument that begins with a dash would be read as an option (CWE-88). */
function findOptions({ args, parameters }: CatalogueServer, plain: ParameterTexts): readonly Finding[] {
  const inFront = args.flatMap((argument) =>
    argument.kind === 'value' ? leadingPlaceholder(argument.value) : [],
  )
  return parameters
    .filter(({ name, type }) => type !== 'number' && inFront.includes(name))
    .filter(({ name }) => plain.get(name)?.some((text) => text.startsWith('-')))
    .map(({ name }) =>
      invalidParameter(
        name,
        'begins with a dash, so it would be read as an option (a path can begin with ./)',
      ),
    )
}

function leadingPlaceholder(template: string): readonly string[] {
  return placeholdersOf(template).filter((name) => template.startsWith(`{${name}}`))
}

/** RFC 9110, section 5.5: what a field value is made of. */
function findBadHeaders({ headers }: CatalogueServer, plain: ParameterTexts): readonly Finding[] {
  return headers
    .filter(({ value }) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(fill(value, plain)))
    .flatMap(({ name, value }) =>
      blame(value, plain, `can't stand in the header ${name}: use Latin-1 without control characters`),
    )
}

function findBadUrl({ url }: CatalogueServer, plain: ParameterTexts): readonly Finding[] {
  if (url === null || placeholdersOf(url).length === 0) return []
  const filled = maskReferences(fill(url, plain))
  return URL.canParse(filled) && !/\s/.test(filled) ? [] : blame(url, plain, `makes ${url} no URL`)
}

function fill(template: string, plain: ParameterTexts): string {
  return expand(template, (name) => plain.get(name)?.[0])
}

function blame(template: string, plain: ParameterTexts, problem: string): readonly Finding[] {
  return placeholdersOf(template)
    .filter((name) => plain.has(name))
    .map((name) => invalidParameter(name, problem))
}
