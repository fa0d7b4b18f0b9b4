import {
  type CallToolResult,
  type ElicitInputParams,
  fromJsonSchema,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { text } from './samples.ts'

type RequestedSchema = ElicitInputParams['requestedSchema']

/** Tools that ask the user. The SDK puts the question in the way of the era and calls again with the answer. */
export function addElicitationTools(server: McpServer): void {
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user for a name and an address.', inputSchema: messageArguments },
    ({ message }, context) => askUser(context, message, contact),
  )
  for (const [name, description, requestedSchema] of questions)
    server.registerTool(name, { description }, (context) => askUser(context, description, requestedSchema))
}

const messageArguments = fromJsonSchema<{ readonly message: string }>({
  type: 'object',
  properties: { message: { type: 'string' } },
  required: ['message'],
})

const contact: RequestedSchema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
}

/** SEP-1034: a default for each primitive type. */
const defaults: RequestedSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
}

/** SEP-1330: the five ways to offer a choice. */
const choices: RequestedSchema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: [
        { const: 'value1', title: 'First Option' },
        { const: 'value2', title: 'Second Option' },
      ],
    },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: {
        anyOf: [
          { const: 'value1', title: 'First Choice' },
          { const: 'value2', title: 'Second Choice' },
        ],
      },
    },
  },
}

const questions: readonly (readonly [name: string, description: string, schema: RequestedSchema])[] = [
  ['test_elicitation_sep1034_defaults', 'Asks the user for values that have defaults.', defaults],
  ['test_elicitation_sep1330_enums', 'Asks the user to choose.', choices],
  ['test_streaming_elicitation', 'Asks the user in the middle of a call.', contact],
]

function askUser(
  { mcpReq }: ServerContext,
  message: string,
  requestedSchema: RequestedSchema,
): CallToolResult | InputRequiredResult {
  const answer = inputResponse(mcpReq.inputResponses, 'answer')
  if (answer.kind !== 'elicit')
    return inputRequired({ inputRequests: { answer: inputRequired.elicit({ message, requestedSchema }) } })
  return text(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content)}`)
}
