import { setTimeout } from 'node:timers/promises'
import type { McpServer, ServerContext } from '@modelcontextprotocol/server'
import type { Fixture } from './fixture.ts'
import { text } from './samples.ts'

/** Tools that say something before they answer, on the stream of their request or to those who listen. */
export function addNotificationTools(server: McpServer, { events }: Fixture): void {
  server.registerTool('test_logging_tool', { description: 'Logs a line, then answers.' }, logOneLine)
  server.registerTool(
    'test_tool_with_logging',
    { description: 'Logs three lines, then answers.' },
    logThreeLines,
  )
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Reports its progress, then answers.' },
    reportProgress,
  )
  server.registerTool('test_reconnection', { description: 'Hangs up before it answers.' }, hangUp)
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools changed.' }, () => {
    events.publish({ kind: 'tools_list_changed' })
    return text('Whoever listens was told.')
  })
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts changed.' }, () => {
    events.publish({ kind: 'prompts_list_changed' })
    return text('Whoever listens was told.')
  })
}

/** As the suite asks for: a client must be able to take notifications that come one by one. */
const pauseMs = 50

async function logOneLine({ mcpReq }: ServerContext) {
  await mcpReq.log('info', 'The tool was called.')
  return text('A line was logged.')
}

async function logThreeLines({ mcpReq }: ServerContext) {
  await mcpReq.log('info', 'Tool execution started')
  await setTimeout(pauseMs)
  await mcpReq.log('info', 'Tool processing data')
  await setTimeout(pauseMs)
  await mcpReq.log('info', 'Tool execution completed')
  return text('Three lines were logged.')
}

/** SEP-1699: the client calls again for the answer, where the transport keeps it. */
async function hangUp({ http }: ServerContext) {
  http?.closeSSE?.()
  await setTimeout(pauseMs)
  return text('You came back.')
}

async function reportProgress({ mcpReq }: ServerContext) {
  const progressToken = mcpReq._meta?.progressToken
  for (const progress of [0, 50, 100]) {
    if (progress > 0) await setTimeout(pauseMs)
    if (progressToken === undefined) continue
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
  }
  return text('The work is done.')
}
