import type { Scope } from './api-types.ts'

/** Why something was not done: a problem as RFC 9457 has it, or that no answer came. */
export interface Problem {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly request_id?: string
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
  /** Of `insufficient_scope`: the scope that the token lacks. */
  readonly missingScope?: Scope
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number
}

/** What the API client throws, whatever went wrong. */
export class Refusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options)
    this.problem = problem
  }
}

/** Any thrown value as a problem to show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem
  console.error(error)
  return { code: 'page_failed', title: 'The page failed', detail: 'The console of the browser says why.' }
}

/** What concerns all that is asked, and not only the one thing that was: nobody answers, or nobody knows the token. */
export function concernsAll({ code }: Problem): boolean {
  return code === 'unreachable' || code === 'disconnected' || isTokenRefused(code)
}

export function isTokenRefused(code: string | undefined): boolean {
  return code === 'invalid_credentials' || code === 'authentication_required'
}

/** Of what was under way when the token was given up: nobody waits for it, so it is shown nowhere. */
export function disconnected(): Refusal {
  return new Refusal({
    code: 'disconnected',
    title: 'Disconnected',
    detail: 'There is no token to ask with.',
  })
}

export function unreachable(server: string, cause: unknown): Refusal {
  const isLate = cause instanceof DOMException && cause.name === 'TimeoutError'
  const detail = `${server} gave no answer${isLate ? ' in time' : ''}. It may be down, or it may not let pages of ${location.origin} read its answers (CORS).`
  return new Refusal({ code: 'unreachable', title: 'Server unreachable', detail }, { cause })
}

/** The problem in an answer; what is none came from something in between. */
export async function readProblem(response: Response): Promise<Problem> {
  const { status, headers } = response
  const missingScope = /error="insufficient_scope".*scope="(\w+)"/.exec(headers.get('www-authenticate') ?? '')
  const retryAfter = Number(headers.get('retry-after'))
  return {
    ...(await readBody(response, `The answer was ${status}, from something that is not the API.`)),
    ...(missingScope && { missingScope: missingScope[1] as Scope }),
    ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }),
  }
}

async function readBody(response: Response, detail: string): Promise<Problem> {
  const unexpected = { code: 'unexpected_answer', title: 'Unexpected answer', detail }
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return unexpected
  return await response.json().catch(() => unexpected)
}
