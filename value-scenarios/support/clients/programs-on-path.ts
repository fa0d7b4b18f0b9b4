import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'

const mcpRemote = fileURLToPath(new URL('../../../node_modules/mcp-remote/dist/proxy.js', import.meta.url))
const mcpHub = fileURLToPath(new URL('../../../node_modules/mcp-hub/dist/cli.js', import.meta.url))
const loopbackOnly = fileURLToPath(new URL('./loopback-only.mjs', import.meta.url))

/**
 * `npx -y mcp-remote …`, with the mcp-remote that is installed in place of the one that npx would fetch. Any other package is refused.
 */
export async function addNpx(folder: string): Promise<void> {
  const script = `[ "$1 $2" = "-y mcp-remote" ] || { echo "npx here knows mcp-remote only: $*" >&2; exit 1; }
shift 2
exec "${execPath}" "${mcpRemote}" "$@"`
  await addProgram(folder, 'npx', script)
}

/** The real mcp-hub, which by itself would listen on all addresses of the machine. */
export async function addMcpHub(folder: string): Promise<void> {
  await addProgram(folder, 'mcp-hub', `exec "${execPath}" --import "${loopbackOnly}" "${mcpHub}" "$@"`)
}

async function addProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`)
  await chmod(path.join(folder, name), 0o755)
}
