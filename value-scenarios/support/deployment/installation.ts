import { chmod, copyFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { env, execPath } from 'node:process'
import { fileOf, readGuide } from '../guides/guide.ts'
import type { Person } from '../parameter-types.ts'
import { repository, type Stage } from '../stage.ts'
import type { World } from '../world.ts'

/** The name of the machine in the guide. */
export const hostName = 'config.example.com'

/** The name leads to the stage's ports, as the DNS would lead it to 80 and 443. */
export async function addName(stage: Stage): Promise<void> {
  const lines = ([80, 443] as const).map(
    (port) => `connect-to = "${hostName}:${port}:127.0.0.1:${stage.port(port)}"\n`,
  )
  await writeFile(join(stage.home, '.curlrc'), lines.join(''))
}

/**
 * `sudo` clears the environment, and gives the other user no home; that user is the same one here. `npm` has this machine's cache, since
 * an empty one would need the registry for everything.
 */
export async function addSudoAndNpm(stage: Stage): Promise<void> {
  const asRoot = { ...stage.env, PATH: `${stage.at('/usr/local/bin')}:${stage.env.PATH}` }
  const asOther = inEnvironment({ ...asRoot, HOME: stage.at('/nonexistent') })
  const script = `if [ "$1" = -u ]; then shift 2; ${asOther} "$@"; fi\n${inEnvironment(asRoot)} "$@"`
  await addProgram(stage, 'sudo', script)
  await addProgram(stage, 'npm', `${inEnvironment(npmEnvironment())} npm "$@"`)
}

function inEnvironment(variables: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(variables).map(
    ([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`,
  )
  return `exec env -i ${pairs.join(' ')}`
}

function npmEnvironment(): Record<string, string> {
  const kept = ['npm_config_cache', 'npm_config_registry', 'npm_config_userconfig'].flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  )
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(execPath)}:${env.PATH}`,
    HOME: homedir(),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  }
}

/** What `npm pack` needs of the repository, with its dependencies as `npm ci` has left them. */
export async function addClone(stage: Stage): Promise<void> {
  const clone = join(stage.home, 'mcp-orchestration')
  await mkdir(clone)
  const files = [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ]
  for (const file of [...files, 'src', 'scripts'])
    await cp(join(repository, file), join(clone, file), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(clone, 'node_modules'), 'junction')
}

/** From now on the product's commands are those that the guide installs. */
export async function expectInstallation(stage: Stage): Promise<void> {
  for (const command of await productCommands(stage))
    await addProgram(stage, command, `exec '${stage.at('/usr/local/bin')}/${command}' "$@"`)
}

/** The files of a guide stand where it puts them, and the product's commands where it installs them; nothing has been run. */
export async function takeFiles(world: World, person: Person, path: string): Promise<void> {
  const stage = await world.setStage(person)
  await addInstallation(stage)
  await addName(stage)
  const { fences } = await readGuide(join(repository, path))
  const files = fences.filter((fence) => fileOf(fence) !== undefined)
  await world.follow({ path, fences: files })
  const scripts = files.filter(({ text }) => text.startsWith('#!'))
  for (const script of scripts) await chmod(stage.at(fileOf(script) ?? ''), 0o755)
}

/** The commands where the guide installs them, without the time that packing takes. */
async function addInstallation(stage: Stage): Promise<void> {
  const folder = stage.at('/usr/local/bin')
  await mkdir(folder, { recursive: true })
  for (const command of await productCommands(stage))
    await copyFile(join(stage.root, 'bin', command), join(folder, command))
}

async function productCommands({ root }: Stage): Promise<readonly string[]> {
  return (await readdir(join(root, 'bin'))).filter((name) => name.startsWith('mcp-orchestration'))
}

async function addProgram({ root }: Stage, name: string, script: string): Promise<void> {
  const file = join(root, 'bin', name)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}
