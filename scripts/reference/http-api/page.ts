import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostOption, portOption } from '../../../src/cli/settings.ts'
import { errorTitles } from '../../../src/errors.ts'
import { toBaseUrl } from '../../../src/http/address.ts'
import { statuses } from '../../../src/http/problems/problems.ts'
import { createHttpTransport } from '../../../src/index.ts'
import { type Operation, pathParameters } from '../../../src/operations/operation.ts'
import { closed, cursor, limit, nextCursor } from '../../../src/operations/schemas.ts'
import { code, link, list, page, prose, table } from '../markdown.ts'
import { introduce, type Page } from '../page.ts'
import { type Field, toFields } from '../schema-fields.ts'
import { type DescribedOperation, describeOperations } from './described-operation.ts'
import { type Document, readDocument } from './document.ts'
import { toEventsSection } from './events-section.ts'
import { toHeaderBlocks } from './headers.ts'
import { type Surroundings, toOperationSection } from './operation-section.ts'
import { type OtherPath, toOtherPaths } from './other-paths.ts'
import { toPayloadSection } from './payload-section.ts'

export async function makeHttpApiPage(): Promise<Page> {
  const document = readDocument()
  const described = describeOperations(document)
  const surroundings = toSurroundings(described)
  const toSection = (each: DescribedOperation) => toOperationSection(each, surroundings)
  const text = page(
    introduce('HTTP API', 'the catalogue of operations, in `src/operations/`'),
    toBeginning(document, surroundings),
    '## Paths',
    toIndex(described),
    'And beside the operations:',
    toOtherTable(await readOtherPaths()),
    `A host app may leave out \`/openapi.json\`, \`/docs\` and \`/redoc\`, or ask for a credential there: ${link('`docs`', 'api.md#httptransportoptions')}.`,
    ...document.tags.flatMap((tag) => {
      const own = described.filter((each) => each.tag === tag.name)
      return own.length === 0 ? [] : [`## ${tag.name}`, prose(tag.description), ...own.flatMap(toSection)]
    }),
    toEventsSection(document, surroundings),
    toPayloadSection(),
    '## Headers',
    toHeaderBlocks(document, described, surroundings.addresses),
    toPaging(described),
    toCommonErrors(surroundings),
  )
  return { file: 'http-api.md', text }
}

function toSurroundings(described: readonly DescribedOperation[]): Surroundings {
  const [first, ...others] = described
  return {
    baseUrl: toBaseUrl(String(hostOption().defaultValue), Number(portOption().defaultValue)),
    addresses: new Map(described.map(({ operation: { id } }) => [id, `#${id}`])),
    commonCodes: first?.codes.filter((each) => others.every(({ codes }) => codes.includes(each))) ?? [],
  }
}

function toBeginning({ info, components }: Document, { baseUrl }: Surroundings): readonly string[] {
  const { bearerAuth, apiKeyAuth } = components.securitySchemes
  return [
    info.description,
    list([
      `\`Authorization: Bearer <token>\`: ${prose(bearerAuth?.description ?? '')}`,
      `\`X-API-Key: <key>\`: ${prose(apiKeyAuth?.description ?? '')}`,
    ]),
    `The examples ask ${code(baseUrl)}, where ${link('`mcp-orchestration-serve-http`', 'cli.md#mcp-orchestration-serve-http')} listens unless told otherwise, with a token in \`$TOKEN\`. Their answers are real ones; long Base64 is cut short (…). A running server has all this as [\`/openapi.json\`](#paths), for generators of clients.`,
    `See also: ${link('errors', 'errors.md')}, ${link('configuration', 'configuration.md')}; how to ${link('authenticate', '../how-to/authenticate-http-api.md')} from curl, Node, n8n, a browser and CI, and how to ${link('deploy the server', '../how-to/deploy-http-server.md')}.`,
  ]
}

function toIndex(described: readonly DescribedOperation[]): string {
  return table(
    ['operation', 'method and path', 'scope', 'does'],
    described.map(({ operation: { id, method, path, scope, summary } }) => [
      link(code(id), `#${id}`),
      code(`${method} ${path}`),
      scope,
      prose(summary),
    ]),
  )
}

async function readOtherPaths(): Promise<readonly OtherPath[]> {
  const home = await mkdtemp(join(tmpdir(), 'reference-'))
  const transport = createHttpTransport({ home, store: 'memory' })
  try {
    await transport.app.ready()
    return toOtherPaths(transport.app)
  } finally {
    await transport.close()
    await rm(home, { recursive: true, force: true })
  }
}

function toOtherTable(paths: readonly OtherPath[]): string {
  const credentials = { none: 'none', any: 'any', read: 'with scope `read`' }
  return table(
    ['path', 'methods', 'credential', 'answers'],
    paths.map(({ path, methods, credential, answer }) => [
      code(path),
      methods.join(', '),
      credentials[credential],
      answer,
    ]),
  )
}

function toPaging(described: readonly DescribedOperation[]): readonly string[] {
  const paged = described.map(({ operation }) => operation).filter((each) => takes(each, 'cursor'))
  return [
    '## Lists in pages',
    `${paged.map(({ id }) => link(code(id), `#${id}`)).join(', ')} answer a page at a time, in an order that does not change. The history of ${link('`get_config`', '#get_config')} goes on by \`before\` instead.`,
    table(
      ['field', 'in', 'meaning'],
      [
        ...toFields(closed({ limit, cursor }), 'input').map(inPlace('query')),
        ...toFields(closed({ next_cursor: nextCursor }), 'answer').map(inPlace('answer')),
      ],
    ),
  ]
}

function inPlace(place: string) {
  return ({ name, meaning }: Field) => [code(name), place, meaning]
}

function takes(operation: Operation, name: string): boolean {
  return name in operation.input.properties && !pathParameters(operation).includes(name)
}

function toCommonErrors({ commonCodes }: Surroundings): readonly string[] {
  return [
    '## What any request can fail with',
    table(
      ['status', 'code', 'title'],
      commonCodes.map((each) => [
        String(statuses[each]),
        link(code(each), `errors.md#${each}`),
        errorTitles[each],
      ]),
    ),
    `A path that is not there is 404 ${link('`not_found`', 'errors.md#not_found')}, a method that it does not answer 405 ${link('`method_not_allowed`', 'errors.md#method_not_allowed')}. Below \`/v1\`, \`/admin\`, \`/events\` and \`/mcp\`, whoever has no credential is told neither: it is 401.`,
  ]
}
