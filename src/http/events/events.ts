import type { FastifyInstance, FastifyRequest } from 'fastify'
import { clientNotFound, type Finding, OrchestrationError } from '../../errors.ts'
import { requireWithin } from '../../operations/limits.ts'
import { type Principal, requireScope } from '../../operations/operation.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import { isId } from '../../vocabulary.ts'
import { type Authentication, challenging } from '../access/authentication.ts'
import { createCredentialWatch } from '../access/credential-watch.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { accepts } from '../routes/accept.ts'
import { refuseNeedlessBody } from '../routes/input.ts'
import { parseQuery, refused, toPointer } from '../routes/query.ts'
import { type EventFilter, eventStreamMediaType } from './event-frames.ts'
import { createEventHub, type EventHubOptions } from './event-hub.ts'

export interface EventsOptions extends Omit<EventHubOptions, 'orchestrator'> {
  readonly orchestrator: Orchestrator
  readonly lifecycle: Pick<Lifecycle, 'onStop'>
  readonly callerOf: Authentication['callerOf']
}

/** What happens, as server-sent events, at the root of an instance that authenticates already. */
export function addEvents(instance: FastifyInstance, options: EventsOptions): void {
  const { orchestrator, lifecycle, callerOf } = options
  const hub = createEventHub(options)
  const credentials = createCredentialWatch(orchestrator)
  lifecycle.onStop(hub.close)

  instance.route({
    method: 'GET',
    url: '/',
    prefixTrailingSlash: 'no-slash',
    // The answer to HEAD would be a stream that nobody reads.
    exposeHeadRoute: false,
    async onRequest(request, reply) {
      const principal = callerOf(request)
      challenging(reply, () => requireScope(principal, 'read'))
      refuseUnacceptable(request)
      refuseNeedlessBody(request)
    },
    async handler(request, reply) {
      const principal = callerOf(request)
      const filter = toFilter(request, principal, orchestrator)
      challenging(reply, () => refuseBeyondLimits(principal, filter))
      const stream = await hub.open({
        response: reply.raw,
        filter,
        lastRevision: toLastRevision(request.headers['last-event-id']),
        whenEnded: (end) => credentials.whenEnded(principal.id, end),
      })
      return reply.headers(streamHeaders).send(stream)
    },
  })
}

/** Nothing on the way may keep the events, hold them back or change them; `x-accel-buffering` says so to nginx. */
const streamHeaders = {
  'content-type': eventStreamMediaType,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

function refuseUnacceptable({ headers }: FastifyRequest): void {
  if (accepts(headers.accept, [eventStreamMediaType])) return
  const message = 'The answer is text/event-stream. Accept that, or send no Accept header.'
  throw new OrchestrationError('not_acceptable', message)
}

/** The ids are revisions of the store. An empty one is none, as in the HTML standard. */
function toLastRevision(header: string | readonly string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  const revision = /^[0-9]{1,16}$/.test(String(header)) ? Number(header) : Number.NaN
  if (Number.isSafeInteger(revision)) return revision
  throw new OrchestrationError(
    'invalid_request',
    'Last-Event-ID must be an id that /events gave, which is a whole number. To begin now, leave it out.',
  )
}

function toFilter(
  { raw }: FastifyRequest,
  { limits }: Principal,
  { clients }: Pick<Orchestrator, 'clients'>,
): EventFilter {
  const query = parseQuery(raw.url ?? '')
  const findings = [...query].flatMap(([name, value]) => findFault(name, value) ?? [])
  if (findings.length > 0) throw refused(...findings)
  const [clientId, profileId] = [query.get('client_id'), query.get('profile_id')]
  if (clientId !== undefined && !clients.some((client) => client.clientId === clientId))
    throw clientNotFound(clientId)
  return { clientId, profileId, limits }
}

/** A stream that could never tell anything is refused, as an operation on that client is; of a wider one the filter takes care. */
function refuseBeyondLimits(principal: Principal, { clientId, profileId }: EventFilter): void {
  if (clientId !== undefined)
    requireWithin(principal, { clientId, ...(profileId !== undefined && { profileId }) })
}

function findFault(name: string, value: string): Finding | undefined {
  const pointer = toPointer(name)
  if (!['client_id', 'profile_id'].includes(name))
    return {
      code: 'unknown_field',
      pointer,
      message: `"${name}" is not a query parameter here. Use client_id, profile_id or both.`,
    }
  if (isId(value)) return undefined
  return {
    code: 'invalid_value',
    pointer,
    message: `"${name}" must be an id: 1 to 64 lowercase letters, digits, ".", "_" or "-", a letter or digit first.`,
  }
}
