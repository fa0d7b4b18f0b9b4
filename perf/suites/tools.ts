import assert from 'node:assert/strict'
import type { ToolFixture, ToolsFixture } from '../baselines/fixture.ts'
import { startBaseline } from '../measure/baseline.ts'
import { createHome, type Home, startProduct } from '../measure/product.ts'
import { takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import { takeSample } from '../measure/sample.ts'
import { nextIndex } from '../measure/traffic.ts'
import { ours, type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { type Era, toMcpShot } from './mcp-messages.ts'
import { publishConfigurations } from './profiles.ts'

type Measured = 'tools/call' | 'tools/list'

export const toolSuites: readonly Suite[] = ([2026, 2025] as const).flatMap((era) =>
  (['tools/call', 'tools/list'] as const).map((method) => ({
    name: `MCP ${method} ${era}`,
    isVariant: method === 'tools/list',
    seconds: (pace) => 3 * (serverSeconds + toTurnsSeconds(1, pace)),
    run: (settings: RunSettings) => runTools(era, method, settings),
  })),
)

const connections = 100
const mark = '"list_clients"'
const plain = 'Fastify, plain JSON-RPC'
const sdk = {
  2025: { name: 'SDK session transport', file: 'sdk-session' },
  2026: { name: 'SDK createMcpHandler', file: 'sdk-handler' },
} as const

async function runTools(era: Era, method: Measured, { pace, profileFolder }: RunSettings) {
  await using home = await createHome(publishConfigurations)
  await using product = await startProduct(home, { profileFolder })
  const fixture = await home.write('tools.json', await toFixture(product.url, home, method))
  await using official = await startBaseline(sdk[era].file, fixture)
  await using route = await startBaseline('json-rpc', fixture)
  const session = era === 2025 ? await openSession(official.url) : {}
  const shot = (index: number) => toMcpShot({ era, method, index, mark })
  const inSession = (index: number) => toMcpShot({ era, method, index, mark, headers: session })
  await assertSame(method, [
    (await takeSample(product.url, shot(nextIndex()), home.headers)).text,
    (await takeSample(official.url, inSession(nextIndex()))).text,
    (await takeSample(route.url, shot(nextIndex()))).text,
  ])
  const common = { headers: home.headers, connections }
  const contenders = await takeTurns(
    [
      { name: ours, server: product, traffic: [shot], ...common },
      { name: sdk[era].name, server: official, traffic: [inSession], ...common },
      { name: plain, server: route, traffic: [shot], ...common },
    ],
    pace,
  )
  const against = [sdk[era].name, plain]
  return {
    suite: `MCP ${method} ${era}`,
    contenders,
    comparisons: against.map((name) => ({ figure: 'cpuMicroseconds', of: ours, against: name }) as const),
  }
}

/** For a call the baselines have that one tool only: the SDK pays for each tool of a server that it builds for a request. */
async function toFixture(url: string, { headers }: Home, method: Measured): Promise<ToolsFixture> {
  const ask = async (asked: Measured) =>
    resultOf(
      (await takeSample(url, toMcpShot({ era: 2026, method: asked, index: nextIndex(), mark }), headers))
        .text,
    )
  const { tools } = (await ask('tools/list')) as { readonly tools: readonly ToolFixture[] }
  const { structuredContent } = (await ask('tools/call')) as {
    readonly structuredContent: ToolsFixture['answer']
  }
  return {
    tools: method === 'tools/call' ? tools.filter(({ name }) => name === 'list_clients') : tools,
    answer: structuredContent,
  }
}

async function openSession(url: string): Promise<Readonly<Record<string, string>>> {
  const shot = toMcpShot({ era: 2025, method: 'initialize', index: nextIndex(), mark: '"serverInfo"' })
  const { headers } = await takeSample(url, shot)
  return { 'mcp-session-id': headers.get('mcp-session-id') ?? '' }
}

/** What they serve must be the same, or the comparison says nothing. */
async function assertSame(method: Measured, texts: readonly string[]): Promise<void> {
  const [first, ...others] = texts.map((text) => comparable(method, resultOf(text)))
  for (const other of others) assert.deepEqual(other, first, 'A baseline serves something else.')
}

function comparable(
  method: Measured,
  { structuredContent, tools }: Readonly<Record<string, unknown>>,
): unknown {
  if (method === 'tools/call') return structuredContent
  return (tools as readonly ToolFixture[]).map(({ name, description }) => ({ name, description }))
}

function resultOf(text: string): Readonly<Record<string, unknown>> {
  const { result } = JSON.parse(text)
  assert.ok(result, text)
  return result
}
