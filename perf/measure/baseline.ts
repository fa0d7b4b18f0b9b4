import { toPlainScript } from './plain-script.ts'
import { type ServerProcess, startServer } from './server-process.ts'

/** A program of `baselines/`: it takes its port and a file with what it is to answer. */
export async function startBaseline(name: string, fixture: string): Promise<ServerProcess> {
  return startServer({
    script: await toPlainScript(`baselines/${name}-process.ts`),
    args: (port) => [String(port), fixture],
  })
}
