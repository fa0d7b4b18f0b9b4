/**
 * Loaded before the official suite, which has no option for a credential: each request of its process to the origin under test gets
 * one. Node announces those of fetch and undici on the one channel and those of node:http on the other.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

const { CONFORMANCE_ORIGIN: origin, CONFORMANCE_TOKEN: token } = process.env

subscribe('undici:request:create', (message) => {
  const { request } = message as { readonly request: UndiciRequest }
  if (request.origin === origin) request.addHeader('authorization', `Bearer ${token}`)
})

subscribe('http.client.request.created', (message) => {
  const { request } = message as { readonly request: ClientRequest }
  if (`http://${request.getHeader('host')}` === origin) request.setHeader('authorization', `Bearer ${token}`)
})

interface UndiciRequest {
  readonly origin: string
  addHeader(name: string, value: string): void
}
