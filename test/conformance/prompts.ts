import {
  fromJsonSchema,
  type GetPromptResult,
  inputRequired,
  type McpServer,
} from '@modelcontextprotocol/server'
import { createForm } from './form.ts'
import { png } from './samples.ts'

export function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Says one thing.' }, () =>
    prompt({ type: 'text', text: 'This is a simple prompt for testing.' }),
  )
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Says what it is given.', argsSchema: twoArguments },
    ({ arg1, arg2 }) =>
      prompt({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'Shows an image.' }, () =>
    prompt(
      { type: 'image', data: png, mimeType: 'image/png' },
      { type: 'text', text: 'Please analyze the image above.' },
    ),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Shows a resource.', argsSchema: resourceArgument },
    ({ resourceUri: uri }) =>
      prompt(embedded(uri), { type: 'text', text: 'Please process the embedded resource above.' }),
  )
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks the user what it is about.' },
    (context) => {
      const about = topic.read(context)
      return about === undefined
        ? inputRequired({ inputRequests: { [topic.key]: topic.request } })
        : prompt({ type: 'text', text: `This is about ${about}.` })
    },
  )
}

type Content = GetPromptResult['messages'][number]['content']

const twoArguments = fromJsonSchema<{ readonly arg1: string; readonly arg2: string }>({
  type: 'object',
  properties: {
    arg1: { type: 'string', description: 'First test argument' },
    arg2: { type: 'string', description: 'Second test argument' },
  },
  required: ['arg1', 'arg2'],
})

const resourceArgument = fromJsonSchema<{ readonly resourceUri: string }>({
  type: 'object',
  properties: { resourceUri: { type: 'string', description: 'The resource to show' } },
  required: ['resourceUri'],
})

const topic = createForm({
  key: 'user_context',
  message: 'What context should the prompt use?',
  field: 'context',
  type: 'string',
})

function prompt(...contents: readonly Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: 'user', content })) }
}

function embedded(uri: string): Content {
  return {
    type: 'resource',
    resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
  }
}
