import { toParameters, toVariable } from './asked.ts'
import type { ArgumentTemplate, CatalogueServer } from './catalogue-server.ts'
import { findFlaw } from './flaws.ts'
import { distinct, type Part, toArgumentPart, toValuePart } from './parts.ts'
import { type Runtime, runtimeOf } from './runtime.ts'
import { extensionKey, type Package, type Remote, type ServerJson } from './server-json.ts'
import { placeholdersOf } from './template.ts'
import { toUsageExample } from './usage-example.ts'

export type Converted =
  | { readonly ok: true; readonly server: CatalogueServer }
  | { readonly ok: false; readonly reason: string }

/** How a server is reached, and what must be known for it. */
type Way = Pick<
  CatalogueServer,
  'transport' | 'package' | 'command' | 'args' | 'env' | 'url' | 'headers' | 'parameters' | 'variables'
>

const unreachable = 'it has neither a package that npx, uvx or docker runs over stdio, nor a remote'

/** Of several ways the first package that npx, uvx or docker can run over stdio is taken, else the first remote. */
export function toCatalogueServer(serverId: string, json: ServerJson): Converted {
  const way = chooseWay(json)
  if (!way) return { ok: false, reason: unreachable }
  const extension = json._meta?.[extensionKey]
  const server = {
    serverId,
    displayName: json.title ?? json.name.slice(json.name.indexOf('/') + 1),
    description: json.description,
    ...way,
    tags: extension?.tags ?? [],
    documentationUrl: extension?.documentationUrl ?? json.websiteUrl ?? json.repository?.url ?? null,
    usageExample: toUsageExample(serverId, way),
  }
  const reason = findFlaw(server)
  return reason === undefined ? { ok: true, server } : { ok: false, reason }
}

function chooseWay({ packages = [], remotes = [] }: ServerJson): Way | undefined {
  for (const candidate of packages) {
    const runtime = runtimeOf(candidate)
    if (runtime) return toLocalWay(candidate, runtime)
  }
  return remotes[0] && toRemoteWay(remotes[0])
}

function toLocalWay(chosen: Package, runtime: Runtime): Way {
  const own = (chosen.runtimeArguments ?? []).flatMap(toArgumentPart)
  const passed = (chosen.packageArguments ?? []).flatMap(toArgumentPart)
  const inputs = chosen.environmentVariables ?? []
  const composed = inputs.filter(({ value }) => value !== undefined).map((input) => toValuePart(input))
  const templatesOf = (parts: readonly Part<ArgumentTemplate>[]) => parts.map(({ template }) => template)
  return {
    transport: 'stdio',
    package: chosen.identifier,
    command: runtime.command,
    args: [...runtime.launch(chosen, templatesOf(own)), ...templatesOf(passed)],
    env: composed.map(({ template }) => template),
    url: null,
    headers: [],
    parameters: distinct([...own, ...passed, ...composed]),
    variables: inputs.filter(({ value }) => value === undefined).map(toVariable),
  }
}

function toRemoteWay({ type, url, headers = [], variables = {} }: Remote): Way {
  const parts = headers.map((header) => toValuePart(header))
  // A URL can't be left out, so whatever it needs is required.
  const inUrl = toParameters({ variables }).map((parameter) => ({
    ...parameter,
    required:
      parameter.required || (parameter.default === undefined && placeholdersOf(url).includes(parameter.name)),
  }))
  return {
    transport: type,
    package: null,
    command: null,
    args: [],
    env: [],
    url,
    headers: parts.map(({ template }) => template),
    parameters: distinct([{ parameters: inUrl }, ...parts]),
    variables: [],
  }
}
