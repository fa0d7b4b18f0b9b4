import type { FastifyInstance, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { parseJson } from '../../json-text.ts'
import { honourHostBodies } from './host-body.ts'

/** JSON itself and every type built on it (RFC 6839), with or without parameters. */
const jsonMediaType = /^application\/(?:[\w!#$&^.+-]+\+)?json(?:\s*;|$)/i

/** Makes strict JSON the only kind of body; in an encapsulated instance, the host's own parsers stay as they are. */
export function acceptOnlyJson(instance: FastifyInstance): void {
  const isFromHost = honourHostBodies(instance)
  instance.removeAllContentTypeParsers()
  const parse = async (request: FastifyRequest, body: Buffer): Promise<unknown> => {
    if (body.length === 0) return {}
    refuseOtherMediaTypes(request)
    if (!isFromHost(request)) refuseOtherCodings(request)
    return parseJson(body)
  }
  // The parser of all types would do for JSON, too, but a type without one of its own is looked at anew with each request.
  for (const mediaType of ['application/json', '*'])
    instance.addContentTypeParser(mediaType, { parseAs: 'buffer' }, parse)
}

function refuseOtherMediaTypes({ headers }: FastifyRequest): void {
  const { 'content-type': mediaType = '' } = headers
  if (!jsonMediaType.test(mediaType))
    throw unsupported(mediaType ? `It is ${mediaType}` : 'It has no Content-Type')
}

function refuseOtherCodings({ headers }: FastifyRequest): void {
  const { 'content-type': mediaType = '', 'content-encoding': coding = 'identity' } = headers
  if (!isUtf8(mediaType)) throw unsupported(`It is ${mediaType}`)
  if (coding.toLowerCase() !== 'identity') throw unsupported(`Its Content-Encoding is ${coding}`)
}

/** RFC 8259, section 8.1: always UTF-8, and the parameter has no meaning. One that says otherwise announces something else. */
function isUtf8(mediaType: string): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaType) ?? []
  return /^(?:utf-?8|us-ascii)$/i.test(charset)
}

function unsupported(what: string): OrchestrationError {
  const message = `The body must be plain JSON in UTF-8, sent with "Content-Type: application/json". ${what}.`
  return new OrchestrationError('unsupported_media_type', message)
}
