import {
  type CallToolResult,
  fromJsonSchema,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { text } from './samples.ts'

/** Tools that ask the client's model. The SDK puts the question in the way of the era and calls again with the answer. */
export function addSamplingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: "Asks the client's model what it is given.", inputSchema: promptArguments },
    ({ prompt }, context) => askModel(context, 'answer', sample(prompt, 100)),
  )
  server.registerTool(
    'test_missing_capability',
    { description: 'Needs a client that can ask a model, and is refused to any other.' },
    (context) => askModel(context, 'answer', sample('Are you there?', 10)),
  )
  server.registerTool(
    'test_input_required_result_sampling',
    { description: "Asks the client's model for a capital." },
    (context) => askModel(context, 'capital_question', sample('What is the capital of France?', 100)),
  )
}

export function sample(prompt: string, maxTokens: number): InputRequest {
  const content = { type: 'text', text: prompt } as const
  return inputRequired.createMessage({ messages: [{ role: 'user', content }], maxTokens })
}

const promptArguments = fromJsonSchema<{ readonly prompt: string }>({
  type: 'object',
  properties: { prompt: { type: 'string' } },
  required: ['prompt'],
})

function askModel(
  { mcpReq }: ServerContext,
  key: string,
  question: InputRequest,
): CallToolResult | InputRequiredResult {
  const answer = inputResponse(mcpReq.inputResponses, key)
  if (answer.kind !== 'sampling') return inputRequired({ inputRequests: { [key]: question } })
  return text(`LLM response: ${JSON.stringify(answer.result.content)}`)
}
