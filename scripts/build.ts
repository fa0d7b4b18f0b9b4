/**
 * Makes `dist/`, which is what the package publishes: `npm run build`. The compiler does the work; what isn't TypeScript is copied
 * beside it, the catalogue's files above all, and the commands are made executable.
 */
import { spawnSync } from 'node:child_process'
import { chmod, cp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const dist = path.join(root, 'dist')

await rm(dist, { recursive: true, force: true })
compile()
await cp(path.join(root, 'src'), dist, { recursive: true, filter: (file) => !file.endsWith('.ts') })
for (const command of await readCommands()) await chmod(path.join(root, command), 0o755)

function compile(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const tsc = path.join(path.dirname(compiler), 'bin/tsc')
  const project = path.join(root, 'tsconfig.build.json')
  const { status } = spawnSync(process.execPath, [tsc, '--project', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

async function readCommands(): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  return Object.values<string>(manifest.bin)
}
