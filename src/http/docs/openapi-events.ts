import type { JsonObject } from '../../vocabulary.ts'
import { eventStreamMediaType } from '../events/event-frames.ts'
import { referToHeaders, toErrorResponses } from './openapi-responses.ts'

const tag = 'Events'

/** What stands beside the operations: a stream is none of them, since it has no end and no tool. */
export const eventsDescription = {
  tag: { name: tag, description: 'What happens, while it happens.' },
  paths: {
    '/events': {
      get: {
        operationId: 'follow_events',
        tags: [tag],
        summary: 'Follow what happens',
        description: `Server-sent events, until you close the connection, the credential ends or the server stops.

| event | data, beside \`client_id\`, \`profile_id\` and \`revision\` |
|---|---|
| \`draft_changed\` | \`server_count\` |
| \`published\` | \`artifact_id\`, \`sequence\` |
| \`deployed\` | \`artifact_id\`, \`sequence\`, \`deployed_by\`, \`config_path\` |
| \`file_state_changed\` | \`config_path\`, \`file_state\` |
| \`compacted\` | only \`revision\`: what happened up to it is forgotten, so look at what you show anew; what follows is complete |

An id is a revision of the store and stands on the last event of that revision. Frames that have only an id move it on.
Send the last one as \`Last-Event-ID\` to go on without a gap or a repetition. Whoever leaves more than 256 KiB unread, or reads nothing of what waits for 30 seconds, is cut off and may resume.

A browser's \`EventSource\` can't send a credential: read the answer of \`fetch\`.

Needs the scope \`read\`.`,
        security: [{ bearerAuth: ['read'] }, { apiKeyAuth: [] }],
        parameters: [
          toParameter('query', 'client_id', 'Only what happens to this client.'),
          toParameter('query', 'profile_id', 'Only what happens to profiles of this id.'),
          toParameter('header', 'Last-Event-ID', 'The last id you got. Without it, you begin now.'),
        ],
        responses: {
          200: {
            description: 'The stream.',
            headers: referToHeaders('X-Request-Id'),
            content: { [eventStreamMediaType]: { schema: { type: 'string' }, example: toExample() } },
          },
          ...toErrorResponses({ method: 'GET', errors: ['client_not_found', 'overloaded'] }),
        },
      },
    },
  },
} as const satisfies JsonObject

/** Without an example: Swagger UI would send it along. */
function toParameter(place: string, name: string, description: string): JsonObject {
  return { name, in: place, required: false, description, schema: { type: 'string' } }
}

function toExample(): string {
  const change = { client_id: 'claude-desktop', profile_id: 'default', revision: 42, server_count: 2 }
  return `retry: 2000
: mcp-orchestration
id: 41

event: draft_changed
data: ${JSON.stringify(change)}
id: 42

`
}
