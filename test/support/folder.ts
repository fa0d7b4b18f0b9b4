import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A folder of the test's own, gone after it. What the test has begun later is ended only then, and may write there still. */
export async function createFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-orchestration-'))
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
