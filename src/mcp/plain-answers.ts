import { type CallToolResult, type ListToolsResult, SERVER_INFO_META_KEY } from '@modelcontextprotocol/server'
import { createKeptAnswers, type Place } from '../operations/kept-answers.ts'
import type { OperationContext, Principal } from '../operations/operation.ts'
import {
  createPlainRequests,
  type HeaderFields,
  type PlainCall,
  type PlainEra,
  type PlainListing,
} from './plain-request.ts'
import { lasting, listTools, serverInfo } from './server.ts'
import { type EndpointFaultListener, toServed } from './server-factory.ts'
import { callTool, isKeepable } from './tool-call.ts'
import { operationsOf, type Tool, toolsFor } from './tools.ts'

export interface PlainAnswersOptions {
  readonly orchestrator: OperationContext['orchestrator']
  readonly onFault: EndpointFaultListener
}

export interface PlainExchange {
  readonly headers: HeaderFields
  /** What the body held: any JSON value. */
  readonly message: unknown
  /** The same object for as long as it is the same credential with the same rights: what is kept for one serves no other. */
  readonly principal: Principal
  readonly requestId: string
  /** Found after the whole request had come; undefined: it is still to be found. */
  readonly epoch?: Place['epoch'] | undefined
}

/** The JSON that answers a plain request, under the status 200; undefined for any other request. */
export type PlainAnswers = (exchange: PlainExchange) => Promise<Uint8Array> | undefined

/**
 * Answers plain requests as the SDK does, byte for byte, without the server, the `Request`, the `Response` and the streams that it makes
 * for each: that takes several times as long as all the rest. The tools are called in the same way.
 */
export function createPlainAnswers(options: PlainAnswersOptions): PlainAnswers {
  const recognise = createPlainRequests()
  const list = createListings()
  const call = createCalls(options)
  return (exchange) => {
    const request = recognise(exchange.headers, exchange.message)
    if (!request) return undefined
    const opening = request.method === 'tools/list' ? list(request, exchange) : call(request, exchange)
    return opening.then((bytes) => complete(bytes, request.id))
  }
}

/** A list depends on nothing but which tools are in it, so it holds for good. */
function createListings() {
  const openings = new Map<string, Buffer>()
  return async ({ era }: PlainListing, { principal }: PlainExchange): Promise<Buffer> => {
    const listed = toolsFor(principal)
    const key = [era, ...listed.map(({ name }) => name)].join(' ')
    const opening = openings.get(key) ?? toOpening(era, listTools(listed), lasting)
    openings.set(key, opening)
    return opening
  }
}

function createCalls({ orchestrator, onFault }: PlainAnswersOptions) {
  const kept = createKeptAnswers<Made>({
    weigh: ({ opening, isFailure }) => (isFailure ? undefined : opening.length),
  })

  async function make({ era, tool, given }: PlainCall, exchange: PlainExchange): Promise<Made> {
    const { requestId } = exchange
    const context = { orchestrator, principal: toServed(exchange.principal), door: 'mcp', requestId } as const
    let fault: unknown
    const result = await callTool(tool, context, given, (error) => {
      fault = error
    })
    return { opening: toOpening(era, result), isFailure: result.isError === true, fault }
  }

  return async (request: PlainCall, exchange: PlainExchange): Promise<Buffer> => {
    const { era, tool, given } = request
    const makeIt = () => make(request, exchange)
    if (!mayBeKept(tool)) return tell(await makeIt(), request, exchange)
    const epoch = exchange.epoch ?? (await orchestrator.epoch())
    const place = {
      epoch,
      principal: exchange.principal,
      request: `${era} ${tool.name} ${JSON.stringify(given)}`,
    }
    const made = kept.get(place) ?? (await (isKeepable(tool, given) ? kept.make(place, makeIt) : makeIt()))
    return tell(made, request, exchange)
  }

  /** Each request that met a fault is told of in the log, under its own id, though it was made for several. */
  function tell({ opening, fault }: Made, { tool }: PlainCall, { requestId }: PlainExchange): Buffer {
    if (fault !== undefined) onFault(fault, tool.name, requestId)
    return opening
  }
}

interface Made {
  readonly opening: Buffer
  readonly isFailure: boolean
  /** What the log is to be told. */
  readonly fault: unknown
}

/** Whether some arguments of the tool ask for an answer that may be kept. */
function mayBeKept(tool: Tool): boolean {
  return operationsOf(tool).some(({ keepable }) => keepable)
}

/** An answer up to the id of its request, which is all that differs from one to the next. */
function toOpening(era: PlainEra, result: CallToolResult | ListToolsResult, hints: object = {}): Buffer {
  const encoded = era === 'modern' ? toModernResult(result, hints) : result
  return Buffer.from(`{"result":${JSON.stringify(encoded)},"jsonrpc":"2.0","id":`)
}

/** What 2026-07-28 has in every result beside its own. */
function toModernResult(result: CallToolResult | ListToolsResult, hints: object): object {
  const meta = { ...result._meta, [SERVER_INFO_META_KEY]: serverInfo }
  return { ...result, resultType: 'complete', ...hints, _meta: meta }
}

function complete(opening: Buffer, id: string | number): Buffer {
  return Buffer.concat([opening, Buffer.from(`${JSON.stringify(id)}}`)])
}
