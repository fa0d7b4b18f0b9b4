import assert from 'node:assert/strict'
import { type Input, operationOf } from './door.ts'
import { toRequest } from './endpoints.ts'
import { type Answer, jsonOf, resultOf } from './http.ts'
import { rpcResultOf, toMcpRequest } from './mcp.ts'
import type { Person } from './parameter-types.ts'
import type { Problem } from './problem.ts'
import type { World } from './world.ts'

/** Something that is read again and again. */
export interface Subject {
  readonly operationId: string
  readonly input: Input
  /** What an agent gives its tool beside the input. */
  readonly toolInput?: Input
}

/** The same question over REST and through agents of two revisions, one after the other. */
export interface Reading {
  readonly rest: Answer
  readonly agents: readonly Answer[]
}

const revisions = ['2026-07-28', '2025-11-25']

export async function read(
  world: World,
  person: Person,
  subject: Subject,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reading> {
  const { operationId, input, toolInput } = subject
  const operation = operationOf(operationId)
  const { path, ...request } = toRequest(operation, input)
  const rest = await world.request(person, path, { ...request, headers })
  const call = { name: operation.tool ?? '', arguments: { ...input, ...toolInput } }
  const agents: Answer[] = []
  for (const revision of revisions)
    agents.push(await world.request(person, '/mcp', toMcpRequest(revision, 'tools/call', call)))
  return { rest, agents }
}

/** The head of what a GET would answer. */
export function readHead(world: World, person: Person, { operationId, input }: Subject): Promise<Answer> {
  const { path, ...request } = toRequest(operationOf(operationId), input)
  return world.request(person, path, { ...request, method: 'HEAD' })
}

/** What was answered, each time. */
export function answersOf<T extends object>({ rest, agents }: Reading): readonly T[] {
  return [resultOf<T>(rest), ...agents.map((answer) => toolAnswerOf(answer) as T)]
}

/** For which reason it was refused, each time: at the door, or as the failure of the tool. */
export function refusalCodesOf({ rest, agents }: Reading): readonly string[] {
  assert.notEqual(rest.status, 200, rest.text)
  return [jsonOf<Problem>(rest).code, ...agents.map(refusalCodeOf)]
}

function toolAnswerOf(answer: Answer): object {
  const { isError, structuredContent } = rpcResultOf(answer) as ToolAnswer
  assert.ok(!isError && structuredContent, answer.text)
  const { operation: _, ...rest } = structuredContent
  return rest
}

function refusalCodeOf(answer: Answer): string {
  if (answer.status !== 200) return jsonOf<Problem>(answer).code
  const { isError, _meta } = rpcResultOf(answer) as ToolAnswer
  assert.equal(isError, true, answer.text)
  return _meta?.['mcp-orchestration/problem']?.code ?? ''
}

interface ToolAnswer {
  readonly isError?: boolean
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly _meta?: { readonly 'mcp-orchestration/problem'?: { readonly code: string } }
}
