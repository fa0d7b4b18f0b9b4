import { extensionKey } from './server-json.ts'

/** The name of something that can be asked for: as much as can stand between the braces of a placeholder. */
export const inputNamePattern = '^(?!__proto__$)[A-Za-z_][A-Za-z0-9_.-]{0,63}$'

const text = { type: 'string' }
/** Text that ends up in an entry: without NUL, which no argument can hold, and well-formed, since RFC 8785 canonicalises nothing else. */
const entryText = { type: 'string', format: 'entry-text' }
const flag = { type: 'boolean' }
const webUrl = { type: 'string', format: 'web-url', maxLength: 2048 }
/** A transport's URL may hold placeholders, so it need not parse yet. */
const urlTemplate = { ...entryText, pattern: '^https?://[^\\s]+$', maxLength: 2048 }
const exactVersion = { type: 'string', minLength: 1, maxLength: 255, not: { const: 'latest' } }

const input = {
  description: text,
  isRequired: flag,
  isSecret: flag,
  format: { enum: ['string', 'number', 'boolean', 'filepath'] },
  value: entryText,
  default: entryText,
  placeholder: text,
  choices: list(text),
}
const composed = { ...input, variables: use('variables') }

const definitions = {
  variables: {
    type: 'object',
    propertyNames: { pattern: inputNamePattern },
    additionalProperties: closed(input),
  },
  environmentVariable: closed(
    { ...composed, name: { type: 'string', pattern: '^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$' } },
    ['name'],
  ),
  // RFC 9110, sections 5.1 and 5.5: what a field's name and value are made of.
  header: closed(
    {
      ...composed,
      name: { type: 'string', pattern: "^(?!__proto__$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
      value: { type: 'string', pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$' },
    },
    ['name'],
  ),
  positional: {
    ...closed(
      {
        ...composed,
        type: { const: 'positional' },
        valueHint: { type: 'string', minLength: 1 },
        isRepeated: flag,
      },
      ['type'],
    ),
    anyOf: [{ required: ['valueHint'] }, { required: ['value'] }],
  },
  named: closed(
    {
      ...composed,
      type: { const: 'named' },
      name: { type: 'string', pattern: '^-[!-~]*$' },
      isRepeated: flag,
    },
    ['type', 'name'],
  ),
  argument: byType([use('positional'), use('named')]),
}

const stdio = closed({ type: { const: 'stdio' } }, ['type'])
const localHttp = { url: urlTemplate, headers: list(use('header')) }
const remoteHttp = { ...localHttp, variables: use('variables') }
const http = (type: string, fields: object) => closed({ ...fields, type: { const: type } }, ['type', 'url'])

const serverPackage = closed(
  {
    registryType: text,
    registryBaseUrl: webUrl,
    identifier: { type: 'string', minLength: 1, maxLength: 2048 },
    version: exactVersion,
    fileSha256: { type: 'string', pattern: '^[a-f0-9]{64}$' },
    runtimeHint: text,
    transport: byType([stdio, http('streamable-http', localHttp), http('sse', localHttp)]),
    runtimeArguments: list(use('argument')),
    packageArguments: list(use('argument')),
    environmentVariables: list(use('environmentVariable')),
  },
  ['registryType', 'identifier', 'transport'],
)

const icon = closed({ src: webUrl, mimeType: text, sizes: list(text), theme: { enum: ['light', 'dark'] } }, [
  'src',
])

const extension = closed({
  tags: list({ type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
  documentationUrl: webUrl,
})

/**
 * The official registry's server.json, https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json, with every object
 * closed but `_meta`: the registry's API refuses unknown fields, though its schema lets them pass, and here a misspelt `isSecret` would
 * put a secret into a payload.
 */
export const serverJsonSchema = {
  definitions,
  ...closed(
    {
      $schema: webUrl,
      name: { type: 'string', minLength: 3, maxLength: 200, pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' },
      description: { type: 'string', minLength: 1, maxLength: 100 },
      title: { type: 'string', minLength: 1, maxLength: 100 },
      version: exactVersion,
      websiteUrl: webUrl,
      repository: closed({ url: webUrl, source: text, id: text, subfolder: text }, ['url', 'source']),
      icons: list(icon),
      packages: list(serverPackage),
      remotes: list(byType([http('streamable-http', remoteHttp), http('sse', remoteHttp)])),
      _meta: { type: 'object', properties: { [extensionKey]: extension } },
    },
    ['name', 'description', 'version'],
  ),
}

function closed(properties: object, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false }
}

function list(items: object) {
  return { type: 'array', items }
}

function use(definition: string) {
  return { $ref: `#/definitions/${definition}` }
}

/** Objects that their `type` tells apart, so that a mistake is reported against the one that is meant. */
function byType(oneOf: readonly object[]) {
  return { type: 'object', discriminator: { propertyName: 'type' }, oneOf }
}
