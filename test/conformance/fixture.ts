import type { RequestStateCodec, ServerEventBus } from '@modelcontextprotocol/server'

/** What outlives one server object: in the 2026 era each request has one of its own. */
export interface Fixture {
  readonly codec: RequestStateCodec<RoundTripState>
  /** Reaches those who listen in the 2026 era. */
  readonly events: ServerEventBus
}

/** What a tool that asks more than once remembers between the rounds. */
export interface RoundTripState {
  readonly name?: string
}
