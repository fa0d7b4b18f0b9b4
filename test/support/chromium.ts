import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

/** A Chromium on this machine, and what its process needs in its environment. */
export interface FoundChromium {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

/** Without a screen, without asking any host but those that a test names, and as root too. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name that is none of this machine's, for pages that a test serves: no name is looked up for it.
  '--host-resolver-rules=MAP page.example 127.0.0.1',
]

/** A real browser. Whoever asks for it closes it. */
export async function launchChromium(machine: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const { executablePath, env } = await findChromium(machine)
  try {
    return await chromium.launch({ executablePath, env: { ...machine, ...env }, args: flags })
  } catch (cause) {
    throw new Error(`${executablePath} does not start here. ${howTo}`, { cause })
  }
}

/** The one that CHROMIUM names; else, on Linux, the one that `npm ci` brought, the same everywhere; else the machine's own. */
export async function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): Promise<FoundChromium> {
  if (env.CHROMIUM) return { executablePath: env.CHROMIUM, env: {} }
  if (platform === 'linux' && arch === 'x64') return unpackedChromium()
  const executablePath = (places[platform] ?? []).find((place) => existsSync(place))
  if (executablePath === undefined) throw new Error(`There is no Chromium at a usual place. ${howTo}`)
  return { executablePath, env: {} }
}

const howTo =
  'The browser tests need one: install Chromium (Debian: apt-get install chromium) and name it in the variable CHROMIUM.'

const places: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
}

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))

/** Unpacked once for each version. The folder appears in one step, so that tests in other processes find all of it or nothing. */
async function unpackedChromium(): Promise<FoundChromium> {
  const manifest = await readFile(path.join(modules, '@sparticuz/chromium/package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { readonly version: string }
  const folder = path.join(modules, '.cache', `chromium-${version}`)
  if (!existsSync(folder)) await unpack(folder)
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: path.join(folder, 'fonts') }),
    },
  }
}

async function unpack(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  const script = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"
  // It unpacks into the folder for temporary files; the shared libraries that a small machine lacks only where it believes to be on AWS.
  const env = { PATH: process.env.PATH, TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  await promisify(execFile)(process.execPath, ['--eval', script], { cwd: modules, env })
  await rename(draft, folder).catch(async (error) => {
    if (!existsSync(folder)) throw error
    await rm(draft, { recursive: true, force: true })
  })
}
