import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server'
import person from './person.schema.json' with { type: 'json' }
import { text } from './samples.ts'

/** Tools whose input schema is what matters. */
export function addSchemaTools(server: McpServer): void {
  // SEP-1613 and SEP-2106: its keywords must be listed as they are.
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Takes a person, in the words of JSON Schema 2020-12.',
      inputSchema: fromJsonSchema(person as SchemaDocument),
    },
    () => text('The person fits.'),
  )
  server.registerTool(
    'test_header_parameter',
    { description: 'Takes a region, which clients repeat in a header.', inputSchema: region },
    (given) => text(`The region is ${given.region}.`),
  )
}

type SchemaDocument = Parameters<typeof fromJsonSchema>[0]

/** SEP-2243: the value travels in `Mcp-Param-Region` too. */
const repeated: object = { type: 'string', 'x-mcp-header': 'Region' }

const region = fromJsonSchema<{ readonly region: string }>({
  type: 'object',
  properties: { region: repeated },
  required: ['region'],
})
