import type { Finding } from '../errors.ts'
import type { ServerEntry } from '../vocabulary.ts'
import type { ArgumentTemplate, CatalogueServer, ValueTemplate } from './catalogue-server.ts'
import { splitReference, unresolvedPlaceholder } from './findings.ts'
import type { ParameterTexts } from './reading.ts'
import { expand, expandPieces, hasSplitReference, placeholdersOf } from './template.ts'

type Rendered =
  | { readonly ok: true; readonly entry: ServerEntry }
  | { readonly ok: false; readonly errors: readonly Finding[] }

/** What placeholders may stand in; with `repeated`, it is filled once for each value. */
type Template = Pick<ValueTemplate, 'value'> & { readonly repeated?: boolean }

/**
 * Fills a server's templates. What only has placeholders that nothing was given for is left out; what has some of them is refused, and
 * so is a reference that nobody gave whole.
 */
export function renderEntry(
  server: CatalogueServer,
  parameters: ParameterTexts,
  variables: ReadonlyMap<string, string>,
): Rendered {
  const templates = templatesOf(server, parameters)
  const errors = [
    ...findLeftovers(server, templates, parameters),
    ...findSplitReferences(templates, parameters),
  ]
  if (errors.length > 0) return { ok: false, errors }
  const { transport, command, url } = server
  if (transport !== 'stdio') {
    const headers = renderValues(server, server.headers, parameters)
    return {
      ok: true,
      entry: { type: transport, url: fill(url ?? '', parameters), headers: Object.fromEntries(headers) },
    }
  }
  const env = Object.fromEntries([...renderValues(server, server.env, parameters), ...variables])
  const names = Object.keys(env).sort()
  const args = server.args.flatMap((argument) => renderArgument(server, argument, parameters, names))
  return { ok: true, entry: { type: transport, command: command ?? '', args, env } }
}

function renderArgument(
  server: CatalogueServer,
  argument: ArgumentTemplate,
  parameters: ParameterTexts,
  environment: readonly string[],
): readonly string[] {
  if (argument.kind === 'environment') return environment.flatMap((name) => [argument.flag, name])
  if (argument.kind === 'flag') {
    return argument.when === null || parameters.get(argument.when)?.[0] === 'true' ? [argument.flag] : []
  }
  if (isLeftOut(server, argument.value, parameters)) return []
  return renderValue(argument, parameters).flatMap((value) =>
    argument.flag === null ? [value] : [argument.flag, value],
  )
}

function renderValue(template: Template, parameters: ParameterTexts): readonly string[] {
  return toPieces(template, parameters).map((pieces) => pieces.join(''))
}

function toPieces({ value, repeated = false }: Template, parameters: ParameterTexts) {
  const [name = ''] = repeated ? placeholdersOf(value) : []
  const texts = parameters.get(name)
  if (texts) return texts.map((text) => expandPieces(value, () => text))
  return [expandPieces(value, (each) => parameters.get(each)?.[0])]
}

function renderValues(
  server: CatalogueServer,
  templates: readonly ValueTemplate[],
  parameters: ParameterTexts,
) {
  return templates
    .filter(({ value }) => !isLeftOut(server, value, parameters))
    .map(({ name, value }) => [name, fill(value, parameters)] as const)
}

function fill(template: string, parameters: ParameterTexts): string {
  return expand(template, (name) => parameters.get(name)?.[0])
}

function isLeftOut({ parameters }: CatalogueServer, template: string, texts: ParameterTexts): boolean {
  const names = placeholdersOf(template)
  const isOptional = (name: string) =>
    !texts.has(name) && parameters.some((parameter) => parameter.name === name)
  return names.length > 0 && names.every(isOptional)
}

/** What of the server's templates will stand in the entry. */
function templatesOf(server: CatalogueServer, parameters: ParameterTexts): readonly Template[] {
  const { args, env, headers, url } = server
  const values = [...args.filter((argument) => argument.kind === 'value'), ...env, ...headers]
  const filled = values.filter(({ value }) => !isLeftOut(server, value, parameters))
  return [...filled, { value: url ?? '' }]
}

function findLeftovers(
  server: CatalogueServer,
  templates: readonly Template[],
  parameters: ParameterTexts,
): readonly Finding[] {
  const names = templates.flatMap(({ value }) => placeholdersOf(value))
  const unresolved = names.filter((name) => !parameters.has(name))
  return [...new Set(unresolved)].map((name) => unresolvedPlaceholder(server, name))
}

function findSplitReferences(templates: readonly Template[], parameters: ParameterTexts): readonly Finding[] {
  return templates
    .filter((template) => toPieces(template, parameters).some(hasSplitReference))
    .map(({ value }) => splitReference(placeholdersOf(value)))
}
