import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** The requests that are being answered, each with its response. */
export interface Exchanges {
  readonly size: number
  add(response: ServerResponse, request: FastifyRequest): void
  /** The request, if the response was among them. */
  remove(response: ServerResponse): FastifyRequest | undefined
  /** As it is now: what happens meanwhile makes no difference. */
  list(): readonly Exchange[]
}

export interface Exchange {
  readonly response: ServerResponse
  readonly request: FastifyRequest
}

/**
 * Places in an array, taken and given back. In a Map, which makes itself a new table every few hundred requests, the tables left behind
 * would keep alive, as far as a minor garbage collection can tell, whatever was in them: half of all requests grew old that way.
 */
export function createExchanges(): Exchanges {
  // Of this list alone: one server may be within another, and each has its own.
  const place = Symbol('place')
  type Placed = ServerResponse & { [place]?: number | undefined }
  const places: (Exchange | undefined)[] = []
  const free: number[] = []

  return {
    get size() {
      return places.length - free.length
    },
    add(response: Placed, request) {
      const at = free.pop() ?? places.length
      places[at] = { response, request }
      response[place] = at
    },
    remove(response: Placed) {
      const { [place]: at } = response
      if (at === undefined) return undefined
      const request = places[at]?.request
      response[place] = undefined
      places[at] = undefined
      free.push(at)
      return request
    },
    list: () => places.filter((each) => each !== undefined),
  }
}
