import type { Finding } from '../errors.ts'
import type { ServerEntry } from '../vocabulary.ts'
import type { ArgumentTemplate, CatalogueServer, ValueTemplate } from './catalogue-server.ts'
import { unresolvedPlaceholder } from './findings.ts'
import type { ParameterTexts } from './reading.ts'
import { expand, placeholdersOf } from './template.ts'

type Rendered =
  | { readonly ok: true; readonly entry: ServerEntry }
  | { readonly ok: false; readonly errors: readonly Finding[] }

/** Fills a server's templates. What only has placeholders that nothing was given for is left out; what has some of them is refused. */
export function renderEntry(
  server: CatalogueServer,
  parameters: ParameterTexts,
  variables: ReadonlyMap<string, string>,
): Rendered {
  const errors = findLeftovers(server, parameters)
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

function renderValue(
  argument: { readonly value: string; readonly repeated: boolean },
  parameters: ParameterTexts,
) {
  const [name = ''] = argument.repeated ? placeholdersOf(argument.value) : []
  const texts = parameters.get(name)
  return texts ? texts.map((text) => expand(argument.value, () => text)) : [fill(argument.value, parameters)]
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

function findLeftovers(server: CatalogueServer, parameters: ParameterTexts): readonly Finding[] {
  const values = [
    ...server.args.filter((argument) => argument.kind === 'value'),
    ...server.env,
    ...server.headers,
  ]
  const templates = values.map(({ value }) => value).filter((value) => !isLeftOut(server, value, parameters))
  const names = [...templates, server.url ?? '']
    .flatMap(placeholdersOf)
    .filter((name) => !parameters.has(name))
  return [...new Set(names)].map((name) => unresolvedPlaceholder(server, name))
}
