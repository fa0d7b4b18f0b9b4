import { type CallerRules, isAllowedOrigin, refuseForeignHost, refuseForeignOrigin } from './caller-origin.ts'
import { answerPreflight, type Cors, isPreflight, markShared } from './cors.ts'

/** CORS where callers are restricted: only pages that may call may read what is answered, whatever holds for the rest of the API. */
export function createCallerCors(rules: CallerRules): Cors {
  return {
    mark(request, reply) {
      const { origin } = request.headers
      reply.header('vary', 'Origin')
      if (origin !== undefined && isAllowedOrigin(origin, request, rules)) markShared(reply, origin)
    },
    answerPreflight(request, reply, done) {
      if (isPreflight(request)) {
        refuseForeignHost(request, rules)
        refuseForeignOrigin(request, rules)
      }
      answerPreflight(request, reply, done)
    },
  }
}
