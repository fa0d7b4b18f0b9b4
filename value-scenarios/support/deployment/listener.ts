import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '../../../test/support/eventually.ts'
import { programPath } from '../../../test/support/programs.ts'
import type { Stage } from '../stage.ts'
import { certificate } from './caller.ts'

/** A curl that stays at `/events`, as somebody would watch them in a terminal. */
export interface Listener {
  hears(text: string): Promise<void>
  /** curl's exit code: 0 when the stream was ended in order. */
  readonly ended: Promise<number | null>
  stop(): void
}

export async function listen(url: string, token: string, stage: Stage): Promise<Listener> {
  const args = ['-sSN', '-H', `Authorization: Bearer ${token}`, url]
  const env = { ...stage.env, CURL_CA_BUNDLE: stage.at(certificate) }
  const child = spawn(await programPath('curl'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let heard = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const hears = (text: string) => eventually(() => assert.ok(heard.includes(text), `It heard:\n${heard}`))
  await hears(': mcp-orchestration')
  return { hears, ended, stop: () => child.kill() }
}
