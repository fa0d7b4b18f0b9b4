import { payload } from '../../../src/operations/schemas.ts'
import { code, list, prose, table } from '../markdown.ts'
import { toFields } from '../schema-fields.ts'

/** The neutral shape of a configuration, which several operations take or answer. */
export function toPayloadSection(): readonly string[] {
  const servers = payload.properties.mcpServers
  const [[pattern, entry] = []] = Object.entries(servers.patternProperties)
  if (pattern === undefined || entry === undefined) throw new Error('A payload names no servers any more.')
  return [
    '## Payload',
    `${prose(describe(payload))} A client's own shape exists only in its file.`,
    `\`mcpServers\` is an object: each name matches ${code(pattern)}, each value is one of these, with no other fields.`,
    ...entry.anyOf.map((branch) =>
      table(
        ['field', 'type', 'meaning'],
        toFields(branch, 'answer').map(({ name, type, meaning }) => [code(name), type, meaning]),
      ),
    ),
    list([
      'A value may hold `${env:NAME}` or `${secret:NAME}`, which only a deploy resolves, on the machine that deploys.',
      'The id of an artifact is the SHA-256 of its payload in the form of RFC 8785.',
    ]),
  ]
}

function describe(schema: object): string {
  return 'description' in schema ? String(schema.description) : ''
}
