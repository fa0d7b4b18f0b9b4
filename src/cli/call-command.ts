import { buffer } from 'node:stream/consumers'
import { Argument, Command, Option } from 'commander'
import type { Operation } from '../operations/operation.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import { cliPrincipal as principal } from './principal.ts'
import { type CommonSettings, homeOption, logLevelOption, storeOption } from './settings.ts'

interface CallSettings extends CommonSettings {
  readonly json: string
}

const examples = `
Examples:
  $ mcp-orchestration call list_available_servers --json '{"search":"files"}'
  $ mcp-orchestration call describe_server --json '{"server_id":"filesystem"}'
  $ mcp-orchestration call publish_config --json - < publish.json

The answer goes to stdout as JSON. A failure goes to stderr as one line with its code, and exits with 1.`

export function createCallCommand(): Command {
  return new Command('call')
    .summary('call one operation and print its answer')
    .description('Calls one operation, on the same state as the servers, and prints its answer.')
    .helpOption('-h, --help', 'show this help')
    .addArgument(new Argument('<operation>', 'what to call'))
    .addOption(new Option('--json <input>', 'the input as JSON; - reads it from stdin').default('{}'))
    .addOption(homeOption())
    .addOption(storeOption())
    .addOption(logLevelOption())
    .action((id: string, _options, command: Command) => call(id, command))
}

/** Completes the help of `call` before it is parsed. The catalogue takes time to load, and no other command's help needs it. */
export async function describeOperations(command: Command): Promise<void> {
  if (command.name() !== 'call') return
  const all = await allOperations()
  const width = Math.max(...all.map(({ id }) => id.length))
  const lines = all.map(({ id, summary }) => `  ${id.padEnd(width)}  ${summary}`)
  command.addHelpText('after', `\nOperations:\n${lines.join('\n')}\n${examples}`)
}

async function call(id: string, command: Command): Promise<void> {
  const settings = command.optsWithGlobals<CallSettings>()
  const operation = await findOperation(id, command)
  const { callOperation } = await import('../operations/operation.ts')
  const input = await readInput(settings.json)
  await using orchestrator = await openOrchestrator(settings)
  const answer = await callOperation(operation, { orchestrator, principal, door: 'cli' }, input)
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
}

async function findOperation(id: string, command: Command): Promise<Operation> {
  const all = await allOperations()
  const ids = all.map((operation) => operation.id)
  return (
    all.find((operation) => operation.id === id) ??
    command.error(`error: unknown operation '${id}'. The operations are ${ids.join(', ')}.`)
  )
}

async function allOperations(): Promise<readonly Operation[]> {
  const { adminOperations, operations } = await import('../operations/operations.ts')
  return [...operations, ...adminOperations]
}

/** As strict as over HTTP: a key given twice, broken UTF-8 and the like are refused. */
async function readInput(json: string): Promise<unknown> {
  const { parseJson } = await import('../json-text.ts')
  return parseJson(json === '-' ? await buffer(process.stdin) : Buffer.from(json))
}
