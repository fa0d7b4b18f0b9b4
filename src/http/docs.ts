import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Operation } from '../operations/operation.ts'
import { docsFiles, readDocsFile } from './docs-files.ts'
import { docsPages } from './docs-pages.ts'
import { tagRepresentation } from './representation.ts'

/** Whether there are `/openapi.json`, `/docs` and `/redoc`, and whether they are for everybody. */
export type DocsAccess = boolean | 'authenticated'

/** The description of the API and two pages that show it. Nothing is made or read before somebody asks for it. */
export function addDocs(instance: FastifyInstance, operations: readonly Operation[]): void {
  const description = once(async () => {
    const { toOpenApi } = await import('./openapi.ts')
    return JSON.stringify(toOpenApi(operations))
  })
  instance.get('/openapi.json', { onSend: [tagRepresentation] }, async (_request, reply) => {
    reply.type('application/json; charset=utf-8')
    return description()
  })
  for (const { path, html, policy, script } of docsPages) {
    instance.get(path, { onSend: [tagRepresentation] }, async (_request, reply) => {
      reply.type('text/html; charset=utf-8').header('content-security-policy', policy)
      return html
    })
    instance.get(`${path}/start.js`, async (_request, reply) => sendKept(reply, javaScript, script))
  }
  for (const file of docsFiles) {
    const bytes = once(() => readDocsFile(file))
    instance.get(file.path, async (_request, reply) => sendKept(reply, file.mediaType, await bytes()))
  }
}

const javaScript = 'text/javascript; charset=utf-8'

/** What changes only with the version may be kept for an hour. */
function sendKept(reply: FastifyReply, mediaType: string, content: string): string {
  reply.type(mediaType).header('cache-control', 'private, max-age=3600')
  return content
}

/** The first success is kept; a failure may pass. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error) => {
      made = undefined
      throw error
    })
    return made
  }
}
