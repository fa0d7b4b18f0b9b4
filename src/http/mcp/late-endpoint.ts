import type { McpEndpoint } from '../../mcp/endpoint.ts'

export interface LateEndpoint extends McpEndpoint {
  /** Loads it before anybody asks. */
  prepare(): Promise<void>
}

/** Stands for an endpoint that is loaded when it is wanted: the MCP SDK takes longer to load than all that a server starts with. */
export function createLateEndpoint(load: () => Promise<McpEndpoint>): LateEndpoint {
  let loading: Promise<McpEndpoint> | undefined
  let endpoint: McpEndpoint | undefined
  let isStopping = false

  async function make(): Promise<McpEndpoint> {
    endpoint = await load()
    if (isStopping) endpoint.endStreams()
    return endpoint
  }

  // What could not be loaded once, say for want of file handles, may be the next time.
  const forget = (error: unknown) => {
    loading = undefined
    throw error
  }
  const get = () => (loading ??= make().catch(forget))
  return {
    answerPlain: (exchange) => endpoint?.answerPlain(exchange),
    async answer(exchange) {
      return (await get()).answer(exchange)
    },
    endStreams() {
      isStopping = true
      endpoint?.endStreams()
    },
    async close() {
      const loaded = await loading?.catch(() => undefined)
      await loaded?.close()
    },
    async prepare() {
      if (!isStopping) await get()
    },
  }
}
