import { code, fence, link, linkWords, prose, table } from '../markdown.ts'
import { codesOf, type Document, resolve } from './document.ts'
import type { Surroundings } from './operation-section.ts'

/** The stream of events, which is no operation: it has no end and no tool. */
export function toEventsSection(
  document: Document,
  { baseUrl, commonCodes, addresses }: Surroundings,
): readonly string[] {
  const item = document.paths['/events']?.get
  if (!item) throw new Error('The OpenAPI document has no /events.')
  const [tag] = item.tags
  const parameters = (item.parameters ?? []).map((each) => resolve(each, document))
  const codes = codesOf(item, document).filter((each) => !commonCodes.includes(each))
  return [
    `## ${tag}`,
    document.tags.find(({ name }) => name === tag)?.description ?? '',
    `### \`${item.operationId}\``,
    `**${prose(item.summary)}** · \`GET /events\` · scope \`read\` · no tool`,
    // Markdown already, with a table of its own.
    item.description,
    table(
      ['field', 'in', 'type', 'required', 'meaning'],
      parameters.map(({ name, in: place, description = '' }) => [
        code(name),
        place,
        'string',
        '',
        linkWords(prose(description), addresses),
      ]),
    ),
    fence('sh', `curl -N -H "Authorization: Bearer $TOKEN" ${baseUrl}/events`),
    fence('text', exampleOf(item.responses['200'])),
    `Beside ${link('what any request can', '#what-any-request-can-fail-with')}, it fails with: ${codes.map((each) => link(code(each), `errors.md#${each}`)).join(', ')}. ${link('More about events', '../explanation/events.md')}.`,
  ]
}

function exampleOf(answer: unknown): string {
  const { content } = answer as { readonly content: Readonly<Record<string, { readonly example: string }>> }
  return Object.values(content)
    .map(({ example }) => example.trim())
    .join('\n')
}
