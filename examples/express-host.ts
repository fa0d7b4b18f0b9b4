/**
 * mcp-orchestration as a handler in your own Express app: its routes below a prefix, yours beside them.
 *
 *     npm install express mcp-orchestration
 *     node express-host.ts
 *     curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:3000/orchestration/v1/clients
 *
 * `npx mcp-orchestration-generate-token` makes the token. In the repository: `npm run example examples/express-host.ts`.
 */
import express, { type NextFunction, type Request, type Response } from 'express'
import { createHttpTransport } from 'mcp-orchestration'

const transport = createHttpTransport()
const app = express()

// A body that express.json() has parsed is taken over. Mounted before it, the handler reads bodies itself, and more strictly: it
// refuses a key given twice, and answers broken JSON with a problem.
app.use(express.json())
app.use('/orchestration', transport.handler)

app.get('/', (_request, response) => void response.json({ hello: 'from the app' }))
app.post('/echo', (request, response) => void response.json(request.body))
app.use((_request, response) => void response.status(404).json({ message: 'The app has nothing here.' }))
app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
  response.status(400).json({ message: 'The app could not read that.' })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('Listening on', server.address())
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)

/** First the transport, which answers what is in flight, then the server. */
async function stop(): Promise<void> {
  await transport.close()
  server.close()
}
