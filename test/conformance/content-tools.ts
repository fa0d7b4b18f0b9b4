import type { CallToolResult, McpServer } from '@modelcontextprotocol/server'
import { png, text, wav } from './samples.ts'

/** The kinds of content that a tool may answer, and a tool that fails. */
export function addContentTools(server: McpServer): void {
  for (const [name, description, content] of answers)
    server.registerTool(name, { description }, () => ({ content }))
  server.registerTool('test_error_handling', { description: 'Fails always.' }, () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  }))
}

type Content = CallToolResult['content']

const image: Content[number] = { type: 'image', data: png, mimeType: 'image/png' }

const answers: readonly (readonly [name: string, description: string, content: Content])[] = [
  [
    'test_simple_text',
    'Answers a text.',
    [{ type: 'text', text: 'This is a simple text response for testing.' }],
  ],
  ['test_image_content', 'Answers an image.', [image]],
  ['test_audio_content', 'Answers a sound.', [{ type: 'audio', data: wav, mimeType: 'audio/wav' }]],
  [
    'test_embedded_resource',
    'Answers a resource.',
    [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  ],
  [
    'test_multiple_content_types',
    'Answers a text, an image and a resource.',
    [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  ],
]
