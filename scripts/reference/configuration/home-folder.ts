import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOrchestrator } from '../../../src/index.ts'

/** One thing in the home folder, as the product makes it. */
export interface HomeEntry {
  /** With what is different each time in angle brackets. */
  readonly path: string
  /** As `chmod` writes it; null for what the product never makes. */
  readonly mode: string | null
  readonly holds: string
}

interface Known {
  readonly pattern: RegExp
  readonly path: string
  readonly holds: string
}

const known: readonly Known[] = [
  { pattern: /^\.$/, path: '.', holds: 'The home itself.' },
  { pattern: /^keys$/, path: 'keys/', holds: 'The signing key and the keys that are trusted.' },
  {
    pattern: /^keys\/signing\.pem$/,
    path: 'keys/signing.pem',
    holds: 'The private key that signs releases (Ed25519, PKCS #8). Whoever has it can publish in your name.',
  },
  { pattern: /^keys\/trusted$/, path: 'keys/trusted/', holds: 'The public keys whose releases count here.' },
  {
    pattern: /^keys\/trusted\/[\w-]{43}\.pem$/,
    path: 'keys/trusted/<key id>.pem',
    holds: 'One of them. Add those of other publishers yourself.',
  },
  {
    pattern: /^secrets$/,
    path: 'secrets/',
    holds: 'The values that no draft, release or difference holds.',
  },
  {
    pattern: /^secrets\/[0-9a-f]{64}\.json$/,
    path: 'secrets/<sha-256 of its name>.json',
    holds: 'One secret, in plain text, with its name.',
  },
  { pattern: /^backups$/, path: 'backups/', holds: "What deploys replaced in clients' files." },
  { pattern: /^backups\/[a-z]+$/, path: 'backups/<client id>/', holds: 'Those of one client.' },
  {
    pattern: /^backups\/[a-z]+\/[\dTZ.-]+-[0-9a-f]{8}\.json$/,
    path: 'backups/<client id>/<time>-<random>.json',
    holds: 'The bytes of the file before a deploy, with whatever secrets stood in it.',
  },
  {
    pattern: /^store\.sqlite$/,
    path: 'store.sqlite',
    holds:
      'Drafts, releases, deployments, tokens (only their SHA-256) and the audit log. Not there with another store.',
  },
  {
    pattern: /^store\.sqlite-wal$/,
    path: 'store.sqlite-wal',
    holds: 'What SQLite has not yet moved into it: back up the two together. Gone when everything is closed.',
  },
  {
    pattern: /^store\.sqlite-shm$/,
    path: 'store.sqlite-shm',
    holds: 'What the processes share that have it open. Gone when everything is closed.',
  },
]

const yours: HomeEntry = {
  path: 'servers/<server id>.json',
  mode: null,
  holds:
    'Servers of your own for the catalogue, in the shape of `server.json`. Yours to make. A file that comes or goes counts at once, one that you edit in place within a second, among thousands within a few.',
}

/** Does a bit of everything in a home of its own and looks what came to be. Throws for what has no words here. */
export async function readHomeFolder(): Promise<readonly HomeEntry[]> {
  const base = await mkdtemp(join(tmpdir(), 'reference-'))
  const umask = process.umask(0o022)
  try {
    return [...(await liveIn(base)), yours]
  } finally {
    process.umask(umask)
    await rm(base, { recursive: true, force: true })
  }
}

async function liveIn(base: string): Promise<readonly HomeEntry[]> {
  const [home, user] = [join(base, 'home'), join(base, 'priya')]
  await mkdir(join(user, '.cursor'), { recursive: true })
  await writeFile(join(user, '.cursor/mcp.json'), '{}\n')
  await using orchestrator = createOrchestrator({
    home,
    store: 'sqlite',
    platform: 'linux',
    env: { HOME: user },
  })
  const ref = { clientId: 'cursor', profileId: 'default' }
  await orchestrator.keys.initialize({ regenerate: false })
  const envVars = { GITHUB_PERSONAL_ACCESS_TOKEN: 'no real one' }
  await orchestrator.drafts.add(ref, { serverId: 'github', envVars })
  await orchestrator.releases.publish(ref, {})
  await orchestrator.deployments.deploy(ref, {
    deployedBy: 'library',
    overwrite: false,
    dryRun: false,
    mayRead: () => true,
  })
  return await readEntries(home)
}

async function readEntries(home: string): Promise<readonly HomeEntry[]> {
  const paths = ['.', ...(await readdir(home, { recursive: true }))]
  const unknown = paths.find((path) => !known.some(({ pattern }) => pattern.test(path)))
  if (unknown !== undefined) throw new Error(`The reference has no words for ${unknown} of the home folder.`)
  return await Promise.all(
    known.map(async ({ pattern, path, holds }) => {
      const found = paths.find((each) => pattern.test(each))
      if (found === undefined) throw new Error(`The reference tells of ${path}, which the home folder lacks.`)
      const { mode } = await lstat(join(home, found))
      return { path, mode: (mode & 0o777).toString(8).padStart(4, '0'), holds }
    }),
  )
}
