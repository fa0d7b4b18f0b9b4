import { randomBytes } from 'node:crypto'
import {
  createRequestStateCodec,
  McpServer,
  type McpServerFactory,
  type ServerEventBus,
} from '@modelcontextprotocol/server'
import { addContentTools } from './content-tools.ts'
import { addElicitationTools } from './elicitation-tools.ts'
import type { Fixture, RoundTripState } from './fixture.ts'
import { addNotificationTools } from './notification-tools.ts'
import { addPrompts } from './prompts.ts'
import { addResources } from './resources.ts'
import { addRoundTripTools } from './round-trip-tools.ts'
import { addSamplingTools } from './sampling-tools.ts'
import { addSchemaTools } from './schema-tools.ts'

/** A host's own MCP server, with the tools, prompts and resources that the official suite looks for, served in both eras. */
export function createFixture(events: ServerEventBus): McpServerFactory {
  const codec = createRequestStateCodec<RoundTripState>({ key: randomBytes(32) })
  return () => createFixtureServer({ codec, events })
}

function createFixtureServer(fixture: Fixture): McpServer {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: { logging: {}, resources: { subscribe: true } },
      requestState: { verify: fixture.codec.verify },
    },
  )
  addContentTools(server)
  addNotificationTools(server, fixture)
  addSamplingTools(server)
  addElicitationTools(server)
  addRoundTripTools(server, fixture)
  addSchemaTools(server)
  addPrompts(server)
  addResources(server)
  return server
}
