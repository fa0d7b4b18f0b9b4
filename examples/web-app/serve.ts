/**
 * Serves the dashboard to a browser: the TypeScript of `page/` with its types taken out, and nothing else.
 *
 *     npm install lit-html
 *     node serve.ts http://127.0.0.1:8000
 *
 * The arguments are the servers that the page may talk to; its content security policy names them. In the repository:
 * `npm run example examples/web-app/serve.ts`.
 *
 * What it can't be started with it says in a sentence, and exits 2; 1 where only the machine is in the way.
 */
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { findPackageJSON, stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

/** What a path below `/` may lead to. Everything else is not found. */
const folders: readonly (readonly [prefix: string, folder: string])[] = [
  ['/page/', path.join(import.meta.dirname, 'page')],
  ['/lit-html/', litHtmlFolder()],
]

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
}

const wanted = process.env.PORT ?? '3000'
if (!/^\d{1,5}$/.test(wanted) || Number(wanted) > 65_535)
  fail(2, `PORT is "${wanted}". Give a port from 0 to 65535; 0 takes one that is free.`)

const given = process.argv.slice(2)
const apiServers = (given.length > 0 ? given : ['http://127.0.0.1:8000']).map(toServer)
const index = await readIndex()

const server = createServer(({ method = '', url = '/' }, response) => {
  if (!['GET', 'HEAD'].includes(method)) return refuse(response.setHeader('allow', 'GET, HEAD'), 405)
  void answer(pathOf(url), response)
})

server.once('error', (error) => fail(1, whyNotListening(error)))
server.listen(Number(wanted), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`Listening at http://127.0.0.1:${port}, for ${apiServers.join(', ')}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)

async function answer(pathname: string | undefined, response: ServerResponse): Promise<void> {
  if (pathname === '/') return send(response, 'text/html; charset=utf-8', index.text)
  const file = pathname === undefined ? undefined : toFile(pathname)
  const mediaType = file && mediaTypes[path.extname(file)]
  if (!mediaType) return refuse(response, 404)
  try {
    const text = await readFile(file, 'utf8')
    send(response, mediaType, file.endsWith('.ts') ? stripTypeScriptTypes(text) : text)
  } catch {
    refuse(response, 404)
  }
}

/** The path of a request, decoded once; undefined where that can't be done. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://page').pathname)
  } catch {
    return undefined
  }
}

/** The file that a path names, if it lies in the folder that belongs to its prefix. */
function toFile(pathname: string): string | undefined {
  for (const [prefix, folder] of folders) {
    const file = path.resolve(folder, pathname.slice(prefix.length))
    if (pathname.startsWith(prefix) && file.startsWith(folder + path.sep)) return file
  }
  return undefined
}

function send(response: ServerResponse, mediaType: string, text: string): void {
  response.writeHead(200, { ...headers(), 'content-type': mediaType })
  response.end(text)
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...headers(), 'content-type': 'text/plain; charset=utf-8' })
  response.end(status === 404 ? 'There is nothing here.\n' : 'Only GET and HEAD are answered here.\n')
}

/**
 * The page runs its own scripts and asks the servers that were named, and the browser lets it do nothing else. The import map has to
 * stand in the page, so the policy holds its digest. `trusted-types` lets lit-html alone make elements out of text.
 */
function headers(): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'self' 'sha256-${index.importMapDigest}'`,
      "style-src 'self'",
      "img-src 'self'",
      `connect-src ${apiServers.map((each) => new URL(each).origin).join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types lit-html',
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

/** The one page, which says in a `meta` element which servers it may talk to. */
async function readIndex(): Promise<{ readonly text: string; readonly importMapDigest: string }> {
  const template = await readFile(path.join(import.meta.dirname, 'page', 'index.html'), 'utf8')
  const text = template.replace('{{servers}}', apiServers.join(' '))
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(text) ?? []
  return { text, importMapDigest: hash('sha256', importMap, 'base64') }
}

function litHtmlFolder(): string {
  const manifest = findPackageJSON('lit-html', import.meta.url)
  if (manifest === undefined) fail(1, 'lit-html is not there. Install it: npm install lit-html')
  return path.dirname(manifest)
}

/** An address as the page joins paths to it: with the prefix of a host app, without a slash at the end. */
function toServer(url: string): string {
  const { origin, pathname, protocol } = URL.canParse(url)
    ? new URL(url)
    : { origin: '', pathname: '', protocol: '' }
  if (['http:', 'https:'].includes(protocol)) return (origin + pathname).replace(/\/$/, '')
  return fail(
    2,
    `"${url}" is no address of a server. Give it with its scheme, such as http://127.0.0.1:8000.`,
  )
}

function whyNotListening({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return `Port ${wanted} is taken. Set PORT to another one; 0 takes one that is free.`
  return `Port ${wanted} can't be listened on: ${message}. Set PORT to another one.`
}

function fail(exitCode: 1 | 2, text: string): never {
  console.error(text)
  process.exit(exitCode)
}

function stop(): void {
  server.close().closeAllConnections()
}
