import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createAuthentication } from '../../src/http/access/authentication.ts'
import { createApp } from '../../src/http/app.ts'
import { createLifecycle } from '../../src/http/lifecycle.ts'
import { createMcpEndpoint } from '../../src/mcp/endpoint.ts'
import { createPlainAnswers, type PlainAnswers } from '../../src/mcp/plain-answers.ts'
import { createServerFactory, type EndpointFaultListener } from '../../src/mcp/server-factory.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { Limits, Scope } from '../../src/vocabulary.ts'
import { createFolder } from '../support/folder.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import type { Answer } from './fixture.ts'

/** Who asks: by a token each. */
export const callers = {
  priya: {},
  reader: { scopes: ['read'] },
  publisher: { scopes: ['publish'] },
  deployer: { scopes: ['deploy', 'read', 'write'] },
  limited: { limits: { clients: ['cursor'], profiles: [] } },
} satisfies Readonly<Record<string, { readonly scopes?: readonly Scope[]; readonly limits?: Limits }>>
export type Caller = keyof typeof callers

export interface Sent {
  readonly who?: Caller
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
}

export interface Outcome {
  readonly status: number
  readonly headers: Answer['headers']
  readonly text: string
}

/** Two servers that are in the same state and stay so, since each is asked all that the other is asked. */
export interface Twins {
  /** The outcome with plain answers and the one by the SDK alone, and whether the first was a plain answer. */
  ask(sent: Sent): Promise<readonly [Outcome, Outcome, boolean]>
  readonly twins: readonly [Twin, Twin]
}

export interface Twin {
  readonly app: FastifyInstance
  readonly orchestrator: Orchestrator
  readonly tokens: ReadonlyMap<string, string>
  /** Who has the token of an id. */
  readonly ids: ReadonlyMap<string, string>
  /** The faults that it told the log: what was asked for, under which request id. */
  readonly faults: readonly (readonly [string, string | undefined])[]
  ask(sent: Sent): Promise<Outcome>
}

export async function createTwins(
  t: TestContext,
  change: (orchestrator: Orchestrator) => Orchestrator = (same) => same,
): Promise<Twins> {
  let plain = 0
  const counting: (answers: PlainAnswers) => PlainAnswers = (answers) => (exchange) => {
    const answer = answers(exchange)
    if (answer) plain += 1
    return answer
  }
  const twins = [await createTwin(t, change, counting), await createTwin(t, change)] as const
  return {
    twins,
    async ask(sent) {
      const before = plain
      const [one, other] = twins
      return [await one.ask(sent), await other.ask(sent), plain > before]
    },
  }
}

async function createTwin(
  t: TestContext,
  change: (orchestrator: Orchestrator) => Orchestrator,
  counting?: (answers: PlainAnswers) => PlainAnswers,
): Promise<Twin> {
  const folder = await createFolder(t)
  const clock = () => new Date('2026-11-23T05:00:00Z')
  const orchestrator = await createTestOrchestrator(t, { folder, clock })
  const faults: [string, string | undefined][] = []
  const onFault: EndpointFaultListener = (_error, what, requestId) => void faults.push([what, requestId])
  const acted = change(orchestrator)
  const endpoint = createMcpEndpoint({
    factory: createServerFactory(acted, onFault),
    hasSessions: false,
    ...(counting && { plainAnswers: counting(createPlainAnswers({ orchestrator: acted, onFault })) }),
    whenCredentialEnds: () => () => {},
    onFault,
  })
  const app = createApp({
    orchestrator,
    operations: [],
    authentication: createAuthentication({ orchestrator: withoutUses(orchestrator), apiKey: undefined }),
    lifecycle: createLifecycle(),
    overload: false,
    mcp: { endpoint, methods: ['POST'], rules: { allowedHosts: [], allowedOrigins: [] } },
    bodyLimitBytes: 64 * 1024,
    requestTimeoutMs: 60_000,
    logger: false,
  })
  t.after(async () => {
    await app.close()
    await endpoint.close()
  })
  const tokens = new Map<string, string>()
  const ids = new Map<string, string>()
  for (const [who, rights] of Object.entries(callers)) {
    const { token, record } = await orchestrator.tokens.generate(rights)
    tokens.set(who, token)
    ids.set(record.id, who)
  }
  return {
    app,
    orchestrator,
    tokens,
    ids,
    faults,
    async ask({ who = 'priya', headers, body }) {
      const answer = await app.inject({
        method: 'POST',
        url: '/mcp',
        headers: withoutGaps({ authorization: `Bearer ${tokens.get(who)}`, ...headers }),
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      })
      const { date: _, ...rest } = answer.headers
      return {
        status: answer.statusCode,
        headers: rest as Outcome['headers'],
        text: mask(answer.body, folder),
      }
    },
  }
}

/** Uses are written down a little later, which raises the revision of the store, and so that of drafts, by chance. */
function withoutUses(orchestrator: Orchestrator): Orchestrator {
  return { ...orchestrator, tokens: { ...orchestrator.tokens, recordUse() {} } }
}

export function withoutGaps(headers: Sent['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** What two homes differ in: where they are, and their signing keys. It is as long in both. */
function mask(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, '<key>')
    .replace(/(?<=sig\\?":\\?")[^"\\]+/g, '<signature>')
}
