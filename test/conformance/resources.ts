import { type McpServer, type ReadResourceResult, ResourceTemplate } from '@modelcontextprotocol/server'
import { png } from './samples.ts'

export function addResources(server: McpServer): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text that stays as it is.', mimeType: 'text/plain' },
    ({ href }) => read(href, 'text/plain', { text: 'This is the content of the static text resource.' }),
  )
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'An image that stays as it is.', mimeType: 'image/png' },
    ({ href }) => read(href, 'image/png', { blob: png }),
  )
  server.registerResource(
    'watched-resource',
    'test://watched-resource',
    { description: 'A text that one may watch.', mimeType: 'text/plain' },
    ({ href }) => read(href, 'text/plain', { text: 'Watched resource content.' }),
  )
  server.registerResource(
    'template',
    // With suggestions, so that the server completes arguments at all.
    new ResourceTemplate('test://template/{id}/data', {
      list: undefined,
      complete: { id: (begun) => ['123', '124', '200'].filter((id) => id.startsWith(begun)) },
    }),
    { description: 'A record by its number.', mimeType: 'application/json' },
    ({ href }, { id }) =>
      read(href, 'application/json', { text: JSON.stringify({ id, data: `Data for ID: ${id}` }) }),
  )
  // Nothing here ever changes, so nobody who watches need be remembered.
  server.server.setRequestHandler('resources/subscribe', () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', () => ({}))
}

function read(
  uri: string,
  mimeType: string,
  content: { readonly text: string } | { readonly blob: string },
): ReadResourceResult {
  return { contents: [{ uri, mimeType, ...content }] }
}
