import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'

export const n8nVersion = '2.41.1'

const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', `n8n-${n8nVersion}`)
const log = join(folder, 'install.log')
/** Says that the installation came to its end. */
const finished = join(folder, 'installed')

/**
 * Installs n8n into a folder of its own below node_modules, where it is ignored and found again, and gives the path of its command.
 * Its packages' scripts stay off, since some build what is not needed here and fail where they lack a compiler's help; only the
 * embedded database is built, or fetched ready-made where there is one for this machine.
 */
export async function installN8n(tell: (line: string) => void, signal: AbortSignal): Promise<string> {
  const command = join(folder, 'node_modules', 'n8n', 'bin', 'n8n')
  if (existsSync(finished)) {
    tell(`n8n ${n8nVersion} is installed in ${relative('', folder)}.`)
    return command
  }
  tell(`Installing n8n ${n8nVersion} into ${relative('', folder)}: 3 GB, some four minutes, once.`)
  tell(`The log is ${relative('', log)}.`)
  await mkdir(folder, { recursive: true })
  const manifest = { private: true, allowScripts: { sqlite3: true } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund']
  await npm(signal, 'install', `n8n@${n8nVersion}`, '--save-exact', ...quietly)
  tell('Building its embedded database.')
  await npm(signal, 'rebuild', 'sqlite3', '--foreground-scripts')
  await writeFile(finished, `${new Date().toISOString()}\n`)
  return command
}

/** Runs npm, the one that runs this script if it is npm; throws when it fails. */
async function npm(signal: AbortSignal, ...args: readonly string[]): Promise<void> {
  const { npm_execpath: script } = process.env
  const [command, ...before] = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  const output = await open(log, 'a')
  try {
    const child = spawn(command, [...before, ...args], {
      cwd: folder,
      signal,
      env: withoutNpm(process.env),
      stdio: ['ignore', output.fd, output.fd],
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}; see ${log}.`)
  } finally {
    await output.close()
  }
}

/** Without what npm tells the scripts that it runs: this project's folder above all, which would be taken for n8n's. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(npm_(package|lifecycle)_|npm_config_(local_)?prefix$|INIT_CWD$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)))
}
