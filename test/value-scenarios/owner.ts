import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { TestContext } from 'node:test'

/** A process of its own that follows a guide, and then keeps its shell. */
export interface Owner {
  readonly root: string
  /** The one that stands for 8000. */
  readonly port: number
  /** It gets no time to clean up. */
  kill(): void
}

export async function startOwner(context: TestContext, markdown: string): Promise<Owner> {
  const script = path.join(import.meta.dirname, 'owner-process.ts')
  const child = spawn(process.execPath, [script, markdown], { stdio: ['pipe', 'pipe', 'inherit'] })
  context.after(() => child.kill('SIGKILL'))
  const [said] = await once(child.stdout, 'data')
  const place = JSON.parse(String(said)) as Pick<Owner, 'root' | 'port'>
  return { ...place, kill: () => void child.kill('SIGKILL') }
}
