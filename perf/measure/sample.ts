import assert from 'node:assert/strict'
import type { Shot } from './traffic.ts'

export interface Sample {
  readonly headers: Headers
  readonly text: string
}

/** One answer, which must be a success. */
export async function takeSample(
  url: string,
  { method, path, headers, body, status = 200, mark }: Shot,
  common: Readonly<Record<string, string>> = {},
): Promise<Sample> {
  const response = await fetch(url + path, {
    method,
    headers: { ...common, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  assert.ok(
    response.status === status && text.includes(mark),
    `${method} ${path}: ${response.status} ${text}`,
  )
  return { headers: response.headers, text }
}
