/** A host that serves whatever the state of its home: nothing is opened before it is used. The command would say so and end. */
import { createHttpTransport, createOrchestrator } from '../../src/index.ts'

const transport = createHttpTransport({
  orchestrator: createOrchestrator(),
  apiKey: process.env.MCP_ORCHESTRATION_API_KEY ?? '',
})
process.stderr.write(`Server running on ${await transport.listen({ host: '127.0.0.1', port: 0 })}\n`)
