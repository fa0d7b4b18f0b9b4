import { STATUS_CODES } from 'node:http'
import { exitCodes } from '../../../src/cli/exit-codes.ts'
import { type ErrorCode, errorTitles, OrchestrationError } from '../../../src/errors.ts'
import { problemExamples } from '../../../src/http/docs/problem-examples.ts'
import {
  problemHeaders,
  problemMediaType,
  statuses,
  toHttpProblem,
} from '../../../src/http/problems/problems.ts'
import { refusedCode, toRpcCode } from '../../../src/mcp/rpc-errors.ts'
import { problemMetaKey } from '../../../src/mcp/tool-call.ts'
import { type DescribedOperation, describeOperations } from '../http-api/described-operation.ts'
import { type Document, readDocument } from '../http-api/document.ts'
import { code, json, link, linkWords, list, page, prose, table } from '../markdown.ts'
import { introduce, type Page } from '../page.ts'
import { toAnswerRows, toFields } from '../schema-fields.ts'
import { errorAdvice } from './error-advice.ts'
import { findingGroups } from './finding-groups.ts'

const codes = Object.keys(errorTitles) as ErrorCode[]
const requestId = '0b41cf3e-0dcb-4c40-9dd0-0c1de2a4b8f5'

export function makeErrorsPage(): Page {
  const document = readDocument()
  const described = describeOperations(document)
  const addresses = new Map(described.map(({ operation: { id } }) => [id, `http-api.md#${id}`]))
  const text = page(
    introduce('Errors', 'the tables of codes and statuses, in `src/errors.ts` and `src/http/problems/`'),
    'Decide by `code`: codes stay, sentences may change. `detail` says what is wrong, with the value, and what to do next. [How to authenticate](../how-to/authenticate-http-api.md) has the errors of credentials as one meets them.',
    '## All codes',
    toIndex(),
    toShape(document),
    toDoors(),
    ...[...Map.groupBy(codes, (each) => statuses[each])].flatMap(([status, group]) => [
      `## ${status} ${STATUS_CODES[status]}`,
      ...group.flatMap((each) => toSection(each, described, addresses)),
    ]),
    toFindings(addresses),
  )
  return { file: 'errors.md', text }
}

function toIndex(): string {
  return table(
    ['code', 'status', 'title', 'Retry-After'],
    codes.map((each) => [
      link(code(each), `#${each}`),
      String(statuses[each]),
      errorTitles[each],
      toRetryAfter(each),
    ]),
  )
}

function toRetryAfter(each: ErrorCode): string {
  if (each === 'rate_limited') return 'until the window ends'
  const { 'retry-after': seconds } = problemHeaders(each)
  return seconds === undefined ? '' : `${seconds} s`
}

function toShape({ components }: Document): readonly string[] {
  const { Problem: problem, Finding: finding } = components.schemas
  const errors = { ...problem.properties.errors, items: finding }
  const schema = { ...problem, properties: { ...problem.properties, errors } }
  return [
    '## The shape of a problem',
    `Over HTTP a refusal or failure is ${code(problemMediaType)}, as RFC 9457 shapes it:`,
    table(['field', 'type', 'meaning'], toAnswerRows(toFields(schema, 'answer'))),
    json(toExample('invalid_request')),
  ]
}

function toExample(each: ErrorCode) {
  const { detail = '', errors } = problemExamples[each] ?? {}
  return toHttpProblem(new OrchestrationError(each, detail, errors ? { errors } : {}), requestId)
}

function toDoors(): readonly string[] {
  const rpcCodes = (['invalid_json', 'invalid_request', 'internal_error'] as const).map(
    (each) => `${toRpcCode(each)} for ${code(each)}`,
  )
  return [
    '## The same through every door',
    table(
      ['door', 'how a failure arrives'],
      [
        ['HTTP', `The status of the code, and a problem. ${code('X-Request-Id')} leads to it in the log.`],
        [
          link('MCP tools', 'mcp-tools.md'),
          `A result with \`isError: true\`; the problem, without \`type\`, \`status\` and \`request_id\`, as JSON text and in \`_meta["${problemMetaKey}"]\`.`,
        ],
        [
          '`/mcp` itself',
          `Before a credential is accepted, a problem. After that a JSON-RPC error; where the refusal is ours, with the problem in \`data\`: ${rpcCodes.join(', ')}, else ${refusedCode}. The protocol has [errors of its own](../explanation/mcp-over-http.md).`,
        ],
        [
          link('Commands', 'cli.md'),
          `One line on stderr, \`error: <code>: <detail>\`, and exit code ${exitCodes.failed}; for wrong usage ${exitCodes.wrongUsage}.`,
        ],
        [
          link('Library', 'api.md#orchestrationerror'),
          'It throws an `OrchestrationError` with `code` and `errors`.',
        ],
      ],
    ),
    'Where the fault is ours (5xx) a caller is told no reason: the log has it, under the request id. The commands tell it on stderr.',
  ]
}

function toSection(
  each: ErrorCode,
  described: readonly DescribedOperation[],
  addresses: ReadonlyMap<string, string>,
): readonly string[] {
  const { when, next } = errorAdvice[each]
  return [
    `### \`${each}\``,
    `${linkWords(prose(when), addresses)} ${toPlaces(each, described)}`,
    `**What to do:** ${linkWords(prose(next), addresses)}`,
    toSentence(each),
  ]
}

/** As a caller reads it. */
function toSentence(each: ErrorCode): string {
  const { detail } = toExample(each)
  return detail === '' ? '' : `> ${prose(detail)}`
}

function toPlaces(each: ErrorCode, described: readonly DescribedOperation[]): string {
  const met = described.filter(({ codes: own }) => own.includes(each)).map(({ operation }) => operation)
  if (met.length === described.length) return 'Any request may meet it.'
  const posts = described.filter(({ operation }) => operation.method === 'POST')
  if (met.length === posts.length && met.every(({ method }) => method === 'POST'))
    return 'Any POST request may meet it.'
  const ids = met.map(({ id }) => id)
  if (ids.length > 0) return `Met by ${ids.map((id) => link(code(id), `http-api.md#${id}`)).join(', ')}.`
  const place = elsewhere[each]
  if (place === undefined) throw new Error(`The reference does not say where ${each} is met.`)
  return place
}

/** Of codes that no operation has. */
const elsewhere: Readonly<Partial<Record<ErrorCode, string>>> = {
  host_not_allowed: 'Met at `/mcp`.',
  origin_not_allowed: 'Met at `/mcp`.',
  not_found: 'Met at any path.',
  method_not_allowed: 'Met at any path.',
}

function toFindings(addresses: ReadonlyMap<string, string>): readonly string[] {
  return [
    '## Findings',
    `An entry of \`errors[]\` says what is wrong at one place. ${link('`validate_config`', 'http-api.md#validate_config')} answers the same codes.`,
    ...findingGroups.flatMap(({ title, findings }) => [
      `### ${title}`,
      table(
        ['code', 'means'],
        Object.entries(findings).map(([each, meaning]) => [code(each), linkWords(prose(meaning), addresses)]),
      ),
    ]),
    list([
      'A pointer leads into the input as it was sent, or into the draft (RFC 6901).',
      'A message never repeats a value that may be a secret.',
    ]),
  ]
}
