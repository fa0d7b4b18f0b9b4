import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Address, Usage } from './servers/measurements.ts'

/** A server that runs as a process of its own, so that its CPU time is its own too. */
export interface ServerProcess extends Address {
  usage(): Promise<Usage>
  [Symbol.asyncDispose](): Promise<void>
}

const startWithinMs = 30_000

/** Starts a file of `servers/`; `execArgv` is emptied so that the package resolves to what was built. */
export async function startServer(file: string, args: readonly string[]): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(`servers/${file}`, import.meta.url)), args, {
    execArgv: [],
    env: cleanEnvironment(),
  })
  const { url, headers } = await answerOf<Address>(child)
  return {
    url,
    headers,
    async usage() {
      const answer = answerOf<Usage>(child)
      child.send('usage')
      return answer
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const done = new AbortController()
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(startWithinMs)])
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]): T => message),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`A server under measurement ended with ${code}.`)
      }),
    ])
  } finally {
    done.abort()
  }
}

/** What is configured on this machine must not reach what is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(MCP_ORCHESTRATION_|NODE_OPTIONS|NODE_V8_)/.test(name)),
  )
}
