import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/**
 * Runs a script in several processes and answers what each printed, as JSON. All of them are up and waiting before the
 * first is told to begin.
 */
export async function runTogether<T>(
  script: URL,
  args: readonly string[],
  count: number,
): Promise<readonly T[]> {
  const path = fileURLToPath(script)
  const children = Array.from({ length: count }, (_, index) =>
    spawn(process.execPath, [path, ...args, `${index}`]),
  )
  await Promise.all(children.map(untilReady))
  const outputs = children.map(({ stdout }) => text(stdout))
  for (const { stdin } of children) stdin.end('go\n')
  return (await Promise.all(outputs)).map((output) => JSON.parse(output))
}

/** The other side of it: says that it is up, waits, works and prints. */
export async function workWhenTold(work: () => Promise<unknown>): Promise<void> {
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  process.stdout.write(JSON.stringify(await work()))
  process.stdin.destroy()
}

async function untilReady({ stdout, stderr }: ChildProcessWithoutNullStreams): Promise<void> {
  stderr.pipe(process.stderr, { end: false })
  const [chunk] = await once(stdout, 'data')
  assert.equal(String(chunk), 'ready\n')
}
