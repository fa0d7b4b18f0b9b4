import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server'

/** How much of a session's messages is kept for a client whose stream broke off. */
export interface ReplayLimits {
  readonly messages: number
  /** Of the messages as JSON text, in UTF-16 units. */
  readonly characters: number
}

const defaultLimits: ReplayLimits = { messages: 500, characters: 128 * 1024 }

/**
 * The newest messages of one session, so that a stream can be resumed with `Last-Event-ID` (MCP 2025-11-25, basic/transports,
 * "Resumability and Redelivery"). What is older is gone, as is one message that is larger than all may be, and a client that asks for it is told that its id is unknown.
 */
export function createReplayLog(limits: ReplayLimits = defaultLimits): EventStore {
  const log: Logged[] = []
  let characters = 0
  let last = 0

  function forgetOldest(): void {
    while (log.length > limits.messages || characters > limits.characters)
      characters -= log.shift()?.characters ?? 0
  }

  function find(eventId: string): Logged | undefined {
    return log.find((each) => each.eventId === eventId)
  }

  return {
    async storeEvent(streamId, message) {
      last += 1
      const logged = { eventId: String(last), streamId, message, characters: JSON.stringify(message).length }
      log.push(logged)
      characters += logged.characters
      forgetOldest()
      return logged.eventId
    },
    getStreamIdForEventId: async (eventId) => find(eventId)?.streamId,
    async replayEventsAfter(lastEventId, { send }) {
      const from = find(lastEventId)
      if (!from) throw new Error('The event is not known any more.')
      const { streamId } = from
      // A priming event holds no message; it is there for its id only.
      for (const each of log.slice(log.indexOf(from) + 1))
        if (each.streamId === streamId && 'jsonrpc' in each.message) await send(each.eventId, each.message)
      return streamId
    },
  }
}

interface Logged {
  readonly eventId: string
  readonly streamId: string
  readonly message: JSONRPCMessage
  readonly characters: number
}
