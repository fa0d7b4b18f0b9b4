import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { pathOf, shortPathOf } from '../request-target.ts'

/** Refuses what no route answers, before a body is read and after whatever onRequest hooks hold there, authentication above all. */
export function refuseUnknownPaths(instance: FastifyInstance): void {
  instance.addHook('preParsing', (request, reply, _payload, done) => {
    if (request.is404) refuse(request, reply)
    done()
  })
}

/** Makes an instance answer for unknown paths under its prefix, with its own hooks. */
export function ownUnknownPaths(instance: FastifyInstance): void {
  instance.setNotFoundHandler(refuse)
}

function refuse(request: FastifyRequest, reply: FastifyReply): never {
  throw toRefusal(request, reply)
}

function toRefusal(request: FastifyRequest, reply: FastifyReply): OrchestrationError {
  const { server, method } = request
  const url = pathOf(request.url)
  const allowed = methods.filter((each) => server.findRoute({ url, method: each }) !== null).join(', ')
  // What the caller asked for: a host that mounts a handler below a prefix takes the prefix off the url.
  const asked = shortPathOf(request.originalUrl)
  if (!allowed) return new OrchestrationError('not_found', `There is nothing at ${asked}.`)
  reply.header('allow', allowed)
  return new OrchestrationError('method_not_allowed', `${asked} answers ${allowed}, not ${method}.`)
}

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
