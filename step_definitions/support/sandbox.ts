import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { toPassedOn } from '../../test/support/passed-on.ts'

const machine = { ...process.env }

/** A person's home folder that exists for one scenario, and the environment in which everything of the scenario runs. */
export interface Sandbox {
  readonly userHome: string
  /** Where the orchestrator keeps its state: its default place in the home folder. */
  readonly home: string
  /** Comes first on the PATH. */
  readonly bin: string
  readonly env: Readonly<Record<string, string>>
  remove(): Promise<void>
}

export function createSandbox(): Sandbox {
  const userHome = mkdtempSync(join(tmpdir(), 'mcp-orchestration-'))
  const bin = join(userHome, 'bin')
  mkdirSync(bin)
  return {
    userHome,
    home: join(userHome, '.mcp-orchestration'),
    bin,
    env: toEnvironment(userHome, bin),
    remove: () => rm(userHome, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** Nothing of this machine's environment gets in, but for what Node and the coverage measurement need. */
function toEnvironment(userHome: string, bin: string): Record<string, string> {
  const { PATH = '', SystemRoot } = machine
  return {
    HOME: userHome,
    USERPROFILE: userHome,
    APPDATA: join(userHome, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(userHome, 'AppData', 'Local'),
    PATH: [bin, dirname(execPath), PATH].join(delimiter),
    ...(SystemRoot ? { SystemRoot } : {}),
    ...toPassedOn(machine),
  }
}
