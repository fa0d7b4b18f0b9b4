import assert from 'node:assert/strict'
import { join } from 'node:path'
import { World as CucumberWorld, setWorldConstructor } from '@cucumber/cucumber'
import { createHttpTransport, createOrchestrator, type ProfileRef } from '../../src/index.ts'
import type { Sight } from './browser.ts'
import type { BusyApp } from './busy-app.ts'
import { type Environment, type Exit, type Running, start, stop } from './commands.ts'
import { type Door, type Input, operationOf, Refusal } from './door.ts'
import { openDoor } from './doors.ts'
import { toRequest } from './endpoints.ts'
import type { HeldRequest } from './held-request.ts'
import { type Answer, type Request, resultOf, send } from './http.ts'
import type { ServerProcess, StartedServer } from './http-command.ts'
import type { Load, TimedAnswer } from './load.ts'
import type { McpHost, OpenStream } from './mcp-host.ts'
import type { Person } from './parameter-types.ts'
import { createSandbox } from './sandbox.ts'
import type { SlowCaller } from './slow-caller.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { type StdioServer, startStdioServer } from './stdio.ts'

/** What a `When` can bring about, by kind: a `Then` names the kind it looks at. */
export interface Outcomes {
  readonly answers: readonly Answer[]
  readonly timedAnswers: readonly TimedAnswer[]
  readonly load: Load
  readonly sight: Sight
  readonly exits: readonly Exit[]
  readonly start: StartedServer
  readonly stops: readonly Stop[]
  readonly sockets: readonly string[]
  readonly slowCallers: readonly SlowCaller[]
  readonly pairs: readonly Pair[]
  readonly results: ReadonlyMap<string, object>
  readonly result: object
  /** When it was done, in milliseconds. */
  readonly doneAt: number
}

/** What a profile of cucumber.cjs says of its run. */
interface Parameters {
  /** Through which door the features of the domain are run. */
  readonly door?: string
}

/** How a server ended that was answering a request when it was told to. */
export interface Stop {
  readonly exit: Exit
  readonly stoppedAfterMs: number
  /** How a connection was received after it had been told. */
  readonly newcomer: string
  readonly inFlight: Answer
}

/** What both doors gave for one operation. */
export interface Pair {
  readonly operation: string
  readonly overHttp: object
  readonly overStdio: object
}

interface Outcome {
  readonly kind: keyof Outcomes
  readonly value?: unknown
  readonly error?: unknown
  readonly before: Snapshot
  readonly startedAt: number
  readonly endedAt: number
}

/** One scenario's world: a home of its own, the people with their credentials, and what came of the one `When`. */
export class World extends CucumberWorld<Parameters> {
  readonly sandbox = createSandbox()
  /** The back door: the library on the scenario's own home. The servers under test have orchestrators of their own. */
  readonly orchestrator = createOrchestrator({ home: this.sandbox.home, env: this.sandbox.env })
  /** What ends the scenario, run in reverse. */
  readonly stops: (() => unknown)[] = [() => this.sandbox.remove(), () => this.orchestrator.close()]
  /** The headers by which each person is known; Mallory has none. */
  readonly credentials = new Map<Person, Readonly<Record<string, string>>>()
  /** The servers that run as processes of their own. */
  readonly servers: ServerProcess[] = []
  /** On which the first of them listened when it had started, by the system's names of them. */
  socketIds: readonly string[] = []
  /** The processes of the one that has several, which have answered. */
  workers: readonly number[] = []
  /** The requests in flight, one at each of those servers. */
  readonly held: HeldRequest[] = []
  readonly tokens: string[] = []
  /** Where the server listens that is asked, in this process unless it is the one under load. */
  url = ''
  /** The server under load, in a process that can be looked into. */
  loaded: Running | undefined
  /** Of the token with which a person works. */
  tokenId = ''
  /** What was published last. */
  artifactId = ''
  stdio: StdioServer | undefined
  /** Those that several agents started at once. */
  readonly stdioServers: StdioServer[] = []
  /** What was looked at last, and the ETag under which each person saw it. */
  seenPath = ''
  readonly seenTags = new Map<Person, string>()
  /** What a request was answered that is sent again. */
  firstAnswer: Answer | undefined
  /** An app with an MCP server of its own, what people have open there, and the session of each. */
  mcpHost: McpHost | undefined
  /** An app whose own work may leave the server no time. */
  busyApp: BusyApp | undefined
  readonly streams = new Map<Person, OpenStream[]>()
  readonly sessionIds = new Map<Person, string>()
  /** What each client's file held at first, by client id. */
  readonly firstFiles = new Map<string, string>()
  /** What Omar has set on the machine, beside what every process finds there. */
  readonly variables: Record<string, string> = {}
  #door: Promise<Door> | undefined
  #outcome: Outcome | undefined
  #isSeen = true

  /** Does what the `When` says and keeps what came of it, a failure too, for a `Then` to look at. */
  async attempt<Kind extends keyof Outcomes>(
    kind: Kind,
    action: () => Promise<Outcomes[Kind]>,
  ): Promise<void> {
    assert.ok(this.#isSeen, 'Nobody has looked at the outcome of the attempt before.')
    const before = await takeSnapshot(this.sandbox, this.orchestrator)
    const startedAt = Date.now()
    const outcome = await action().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    this.#outcome = { kind, before, startedAt, endedAt: Date.now(), ...outcome }
    this.#isSeen = false
  }

  /** What came of the attempt; throws what it threw. */
  outcome<Kind extends keyof Outcomes>(kind: Kind): Outcomes[Kind] {
    const { kind: actual, value, error } = this.attempted()
    this.#isSeen = true
    if (error !== undefined) throw error
    assert.equal(actual, kind)
    return value as Outcomes[Kind]
  }

  /** When the attempt was made and what was there before it. Looking at this is not looking at its outcome. */
  attempted(): Outcome {
    assert.ok(this.#outcome, 'Nothing was attempted.')
    return this.#outcome
  }

  get hasUnseenOutcome(): boolean {
    return !this.#isSeen
  }

  /** The answer to the one request of the attempt. */
  answer(): Answer {
    const [answer, ...more] = this.outcome('answers')
    assert.ok(answer && more.length === 0, `${more.length + 1} answers came of the attempt.`)
    return answer
  }

  /** What the operation of the attempt answered, at whichever door. */
  result<T extends object>(): T {
    const isHttp = this.attempted().kind === 'answers'
    return (isHttp ? resultOf(this.answer()) : this.outcome('result')) as T
  }

  /** What the operation of the attempt was refused with. */
  refusal(): Refusal {
    const { error, value } = this.attempted()
    this.#isSeen = true
    if (error instanceof Refusal) return error
    throw error ?? new Error(`It was not refused: ${JSON.stringify(value)}`)
  }

  /** The attempt that is one operation: through the door under proof, else with the person's own credentials at its endpoint. */
  async perform(person: Person, operationId: string, input: Input): Promise<void> {
    const door = await this.#open()
    if (door) return this.attempt('result', () => door.call(operationId, input))
    const { path, ...request } = toRequest(operationOf(operationId), input)
    return this.ask(person, path, request)
  }

  /** What an operation answers to a look that is no attempt, the same way. */
  async look<T extends object>(operationId: string, input: Input): Promise<T> {
    const door = await this.#open()
    if (door) return (await door.call(operationId, input)) as T
    const { path, ...request } = toRequest(operationOf(operationId), input)
    return resultOf<T>(await this.request('Priya', path, request))
  }

  /** Opened before anything is attempted, so that a token of the door's own is no change that came of it. */
  #open(): Promise<Door> | undefined {
    const { door } = this.parameters
    if (door !== undefined && !this.#door) {
      const { home, env } = this.sandbox
      this.#door = openDoor(door, { home, env: { ...env, ...this.variables } })
      this.stops.push(async () => (await this.#door)?.close())
    }
    return this.#door
  }

  /** A request with the person's own credentials. */
  request(person: Person, path: string, request: Request = {}): Promise<Answer> {
    assert.ok(this.url, 'No server runs. (What is in features/domain/ wants a door: --profile http, say.)')
    const headers = { ...this.credentials.get(person), ...request.headers }
    return send(this.url + path, { ...request, headers })
  }

  /** The attempt that is one request. */
  ask(person: Person, path: string, request: Request = {}): Promise<void> {
    return this.attempt('answers', async () => [await this.request(person, path, request)])
  }

  /** The real transport on a real socket, beside the back door on the same home. */
  async serve(): Promise<void> {
    const { home, env } = this.sandbox
    const orchestrator = createOrchestrator({ home, env })
    const transport = createHttpTransport({ orchestrator, logger: false })
    this.stops.push(() => orchestrator.close())
    this.stops.push(() => transport.close())
    this.url = await transport.listen({ port: 0 })
  }

  /** Starts a command; if it still runs at the end, it is stopped. */
  async start(
    command: string,
    args: readonly string[],
    env: Environment = this.sandbox.env,
  ): Promise<Running> {
    const running = await start(command, args, env)
    this.stops.push(() => stop(running))
    return running
  }

  /** Runs a command to its end. */
  async run(command: string, ...args: readonly string[]): Promise<Exit> {
    return (await this.start(command, args)).exit
  }

  serverAt(index: number): ServerProcess {
    const server = this.servers[index]
    assert.ok(server, `${this.servers.length} servers were started.`)
    return server
  }

  async connectStdio(server = startStdioServer(this.sandbox.env)): Promise<StdioServer> {
    const stdio = await server
    this.stops.push(() => stdio.close())
    this.stdio = stdio
    return stdio
  }

  get stdioServer(): StdioServer {
    assert.ok(this.stdio, 'No stdio client is connected.')
    return this.stdio
  }

  /** `.cursor/mcp.json` on every platform. */
  get cursorFile(): string {
    return join(this.sandbox.userHome, '.cursor', 'mcp.json')
  }
}

/** A profile as operations name it. */
export function toInput({ clientId, profileId }: ProfileRef, rest: Input = {}): Input {
  return { client_id: clientId, profile_id: profileId, ...rest }
}

export function configPath({ clientId, profileId }: ProfileRef): string {
  return `/v1/config/${clientId}/${profileId}`
}

setWorldConstructor(World)
