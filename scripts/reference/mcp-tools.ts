import { operationExamples } from '../../src/http/docs/operation-examples.ts'
import { resources, resourceTemplates } from '../../src/mcp/resources.ts'
import { problemMetaKey } from '../../src/mcp/tool-call.ts'
import { selectorWords } from '../../src/mcp/tool-words.ts'
import { operationsOf, type Tool, tools } from '../../src/mcp/tools.ts'
import type { Operation } from '../../src/operations/operation.ts'
import type { JsonObject } from '../../src/vocabulary.ts'
import { code, json, link, linkWords, list, page, prose, table } from './markdown.ts'
import { introduce, type Page } from './page.ts'
import { toAnswerRows, toFields } from './schema-fields.ts'

const addresses = new Map(tools.map(({ name }) => [name, `#${name}`]))

export function makeMcpToolsPage(): Page {
  const text = page(
    introduce(
      'MCP tools',
      'the table of tools, in `src/mcp/tool-table.ts`, and the operations that they answer',
    ),
    toBeginning(),
    '## Tools',
    toIndex(),
    ...tools.map(toToolSection),
    toResources(),
  )
  return { file: 'mcp-tools.md', text }
}

function toBeginning(): readonly string[] {
  return [
    `An agent has the same ${tools.length} tools over stdio (${link('`mcp-orchestration`', 'cli.md#mcp-orchestration')}) and at ${link('`/mcp`', '../explanation/mcp-over-http.md')}. Each answers one or two ${link('operations', 'http-api.md#paths')}. Over stdio an agent may call all of them; over HTTP it sees those that the scopes of its credential reach.`,
    list([
      'A result has its fields in `structuredContent`, and as JSON text in `content`.',
      `A failure is a result with \`isError: true\` and without \`structuredContent\`. Its problem stands as JSON text in \`content\` and in \`_meta["${problemMetaKey}"]\`: \`code\`, \`title\`, \`detail\` and, for invalid input, \`errors\`. ${link('The codes', 'errors.md')}.`,
      'An object may be given as its JSON text, since some agents send it so. Unknown arguments are refused.',
    ]),
    `How to ${link('move agents from stdio to HTTP', '../how-to/migrate-stdio-to-http.md')}, and how to ${link('connect a gateway', '../how-to/connect-a-gateway.md')}. ${link('Why ten tools', '../explanation/tools-and-operations.md')}.`,
  ]
}

function toIndex(): string {
  return table(
    ['tool', 'does', 'changes', 'operations', 'scope'],
    tools.map((tool) => [
      link(code(tool.name), `#${tool.name}`),
      tool.listed.title ?? '',
      toEffect(tool),
      operationsOf(tool).map(toOperationLink).join(', '),
      [...new Set(operationsOf(tool).map(({ scope }) => scope))].join(', '),
    ]),
  )
}

function toEffect({ listed }: Tool): string {
  const { readOnlyHint, destructiveHint } = listed.annotations ?? {}
  if (readOnlyHint) return 'nothing'
  return destructiveHint ? 'may remove or replace' : 'only adds'
}

function toOperationLink({ id }: Operation): string {
  return link(code(id), `http-api.md#${id}`)
}

function toToolSection(tool: Tool): readonly string[] {
  const { name, listed } = tool
  return [
    `### \`${name}\``,
    `**${listed.title}** · ${toAnnotations(tool)}`,
    linkWords(prose(listed.description ?? ''), new Map([...addresses].filter(([each]) => each !== name))),
    toChoice(tool),
    table(
      ['argument', 'type', 'required', 'meaning'],
      toFields(listed.inputSchema, 'input').map((field) => [
        code(field.name),
        field.type,
        field.isRequired ? 'yes' : '',
        linkWords(field.meaning, addresses),
      ]),
    ),
    ...operationsOf(tool).flatMap((operation) => toAnswer(tool, operation)),
  ]
}

function toAnnotations({ listed }: Tool): string {
  const { title: _, ...hints } = listed.annotations ?? {}
  return Object.entries(hints)
    .map(([hint, value]) => code(`${hint}: ${value}`))
    .join(' · ')
}

/** Which operation is meant, where there are two. */
function toChoice({ operation, variant }: Tool): string {
  if (!variant) return ''
  return `Without ${code(selectorWords(variant.selector))} it is ${toOperationLink(operation)} (scope \`${operation.scope}\`), with it ${toOperationLink(variant.operation)} (scope \`${variant.operation.scope}\`). The answer says which, in \`operation\`.`
}

function toAnswer(tool: Tool, operation: Operation): readonly string[] {
  const { id, scope, output } = operation
  const what = tool.variant
    ? `Answer of ${toOperationLink(operation)}:`
    : `Answer, that of ${toOperationLink(operation)} (scope \`${scope}\`):`
  const discriminator = tool.variant ? [['`operation`', 'string', `Always ${code(id)}.`]] : []
  const fields = toFields(output, 'answer')
  return [
    `Arguments, for example:`,
    json(toArguments(tool, operation)),
    what,
    table(['field', 'type', 'meaning'], [...discriminator, ...toAnswerRows(fields, addresses)]),
  ]
}

/** The example of the operation as an agent would ask for it. */
function toArguments(tool: Tool, operation: Operation): JsonObject {
  const input = operationExamples[operation.id]?.input ?? {}
  if (operation !== tool.variant?.operation) return input
  const { selector } = tool.variant
  return {
    ...input,
    ...(selector.kind === 'value' && { [selector.argument]: selector.value }),
    ...(tool.takesExpectedRevision && { expected_revision: 2 }),
  }
}

function toResources(): readonly string[] {
  const all = [
    ...resourceTemplates.map(({ uriTemplate, ...rest }) => ({ uri: uriTemplate, ...rest })),
    ...resources,
  ]
  return [
    '## Resources',
    'Reading one needs the scope `read`. Each is JSON.',
    table(
      ['URI', 'title', 'holds'],
      all.map(({ uri, title = '', description = '' }) => [code(uri), title, prose(description)]),
    ),
  ]
}
