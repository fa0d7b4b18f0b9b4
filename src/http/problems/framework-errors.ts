import { type ErrorCode, OrchestrationError } from '../../errors.ts'

/** The framework's errors in our words. What it blames on the request and we have no word for is `invalid_request`. */
export function fromFramework(error: unknown, bodyLimitBytes: number): unknown {
  if (!(error instanceof Error) || error instanceof OrchestrationError) return error
  const { code = '', statusCode = 500 } = error as FrameworkError
  if (!isFramework(code)) return error
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(bodyLimitBytes, error)
  const [ours, message] = words[code] ?? (isTheirs(statusCode) ? broken : [])
  return ours ? new OrchestrationError(ours, message ?? '', { cause: error }) : error
}

/** Its own, and what it makes of a caller that goes away within its body. */
function isFramework(code: unknown): boolean {
  return code === 'ECONNRESET' || String(code).startsWith('FST_ERR_')
}

interface FrameworkError extends Error {
  readonly code?: string
  readonly statusCode?: number
}

function isTheirs(statusCode: number): boolean {
  return statusCode >= 400 && statusCode < 500
}

function tooLarge(bodyLimitBytes: number, cause: unknown): OrchestrationError {
  const message = `The body has more than the ${bodyLimitBytes} bytes that this server accepts. Send a smaller one.`
  return new OrchestrationError('body_too_large', message, { cause })
}

type Words = readonly [ErrorCode, string]

const broken: Words = ['invalid_request', 'The request could not be read. Send it again in full.']

const words: Readonly<Record<string, Words | undefined>> = {
  FST_ERR_BAD_URL: [
    'invalid_request',
    'The path is not valid: after a percent sign come two hex digits, and together they must be UTF-8.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The Content-Type header is not a media type. Send JSON with "Content-Type: application/json".',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'The body is not as long as its Content-Length. Send it again in full.',
  ],
}
