import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/**
 * RFC 9110, section 10.1.1: a caller that sends `Expect: 100-continue` is told to go on only when its body is wanted, so that what is
 * refused by its headers alone is never sent. Other expectations are ignored, as the section allows.
 */
export function continueWhenWanted(app: FastifyInstance, bodyLimitBytes: number): void {
  const waiting = new WeakSet<IncomingMessage>()
  const { server } = app
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request)
    server.emit('request', request, response)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response)
  })
  app.addHook('preParsing', ({ raw, headers }, reply, payload, done) => {
    if (Number(headers['content-length'] ?? 0) <= bodyLimitBytes && waiting.delete(raw))
      reply.raw.writeContinue()
    done(null, payload)
  })
}
