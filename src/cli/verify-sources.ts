import { createReadStream } from 'node:fs'
import { getSystemErrorMessage } from 'node:util'
import { isLoopback } from '../http/address.ts'
import { CommandError, UsageError, VerificationError } from './complaint.ts'

/** Where a key set comes from: a file's path, or a URL that nobody on the way can answer for. */
export type KeySetSource = string | URL

/** A release with its history takes a few MiB at the very most; a hundred keys take 20 KiB. */
export const maxReleaseBytes = 16 * 1024 * 1024
export const maxKeySetBytes = 1024 * 1024
const fetchTimeoutMs = 10_000

/** Wrong usage unless it is a path, an https URL, or an http URL of this machine. What is refused is not repeated: it may hold a password. */
export function toKeySetSource(text: string): KeySetSource {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text
  if (!URL.canParse(text)) throw new UsageError('The URL of the key set is malformed.')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new UsageError('The URL of the key set must hold no user name and no password: keys are public.')
  if (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
  )
    return url
  throw new UsageError(
    'The URL of the key set must be https; http is for this machine only, file:// is a path.',
  )
}

/** `-` is stdin. A file that can't be read has failed no check: that is an ordinary failure. */
export async function readReleaseBytes(file: string): Promise<Uint8Array> {
  const stream = file === '-' ? process.stdin : createReadStream(file)
  try {
    const bytes = await readBounded(stream, maxReleaseBytes)
    if (bytes) return bytes
  } catch (cause) {
    throw new CommandError(`${JSON.stringify(file)} can't be read: ${reasonOf(cause)}.`, { cause })
  }
  throw new VerificationError('not_a_release', `It is larger than ${maxReleaseBytes} bytes.`)
}

/** However the keys can't be had, nothing can be verified: it is always the same failure. */
export async function readKeySetBytes(source: KeySetSource, timeoutMs = fetchTimeoutMs): Promise<Uint8Array> {
  try {
    const stream = typeof source === 'string' ? createReadStream(source) : await open(source, timeoutMs)
    const bytes = await readBounded(stream, maxKeySetBytes)
    if (bytes) return bytes
  } catch (cause) {
    throw unusable(source, reasonOf(cause), cause)
  }
  throw unusable(source, `it is larger than ${maxKeySetBytes} bytes`)
}

/** No redirect is followed: whoever vouches for the keys is who was asked. The time-out is for the whole answer. */
async function open(url: URL, timeoutMs: number): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status === 200 && response.body) return response.body
  await response.body?.cancel()
  throw new Error(`it was answered with ${response.status}`)
}

/** Undefined when there is more than may be; then the rest is left unread. */
async function readBounded(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Neither a user's query nor the reason may break the line or show more than where it was looked for. */
function unusable(source: KeySetSource, reason: string, cause?: unknown): VerificationError {
  const place = typeof source === 'string' ? source : `${source.origin}${source.pathname}`
  const message = `The key set can't be had from ${JSON.stringify(place)}: ${reason}.`
  return new VerificationError('key_set_unusable', message, { cause })
}

/** The system's own sentence where it has one; fetch keeps it in the cause. Streams and fetch fail with nothing but errors. */
function reasonOf(error: unknown): string {
  const { errno, code, message, cause } = error as NodeJS.ErrnoException
  if (errno !== undefined) return getSystemErrorMessage(errno)
  if (cause instanceof Error) return reasonOf(cause)
  return typeof code === 'string' ? code : message
}
