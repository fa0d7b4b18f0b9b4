import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Operation } from '../../operations/operation.ts'
import { addRepresentation } from '../routes/representation.ts'
import { docsFiles, readDocsFile } from './docs-files.ts'
import { docsPages } from './docs-pages.ts'

/** Whether there are `/openapi.json`, `/docs` and `/redoc`, and whether they are for everybody. */
export type DocsAccess = boolean | 'authenticated'

/** The description of the API and two pages that show it. Nothing is made or read before somebody asks for it. */
export function addDocs(instance: FastifyInstance, operations: readonly Operation[]): void {
  let description: string | undefined
  addRepresentation(instance, '/openapi.json', async (reply) => {
    reply.type('application/json; charset=utf-8')
    description ??= await describe(operations)
    return description
  })
  for (const { path, html, policy, script, style } of docsPages) {
    addRepresentation(instance, path, async (reply) => {
      reply.type('text/html; charset=utf-8').header('content-security-policy', policy)
      return html
    })
    instance.get(`${path}/page.js`, async (_request, reply) => sendKept(reply, javaScript, script))
    instance.get(`${path}/page.css`, async (_request, reply) => sendKept(reply, css, style))
  }
  for (const file of docsFiles) {
    instance.get(file.path, async (_request, reply) =>
      sendKept(reply, file.mediaType, await readDocsFile(file)),
    )
  }
}

async function describe(operations: readonly Operation[]): Promise<string> {
  const [{ toOpenApi }, { eventsDescription }] = await Promise.all([
    import('./openapi.ts'),
    import('./openapi-events.ts'),
  ])
  return JSON.stringify(toOpenApi(operations, eventsDescription))
}

const css = 'text/css; charset=utf-8'
const javaScript = 'text/javascript; charset=utf-8'

/** What changes only with the version may be kept for an hour. */
function sendKept(reply: FastifyReply, mediaType: string, content: string): string {
  reply.type(mediaType).header('cache-control', 'private, max-age=3600')
  return content
}
