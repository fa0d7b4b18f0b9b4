import type { ErrorCode } from '../../../src/errors.ts'
import { operationExamples } from '../../../src/http/docs/operation-examples.ts'
import { statuses } from '../../../src/http/problems/problems.ts'
import type { Operation } from '../../../src/operations/operation.ts'
import { anchor, code, fence, json, link, linkWords, prose, table } from '../markdown.ts'
import { toAnswerRows, toFields } from '../schema-fields.ts'
import { toCurl } from './curl.ts'
import type { DescribedOperation } from './described-operation.ts'
import { shortened } from './shortened.ts'

export interface Surroundings {
  readonly baseUrl: string
  /** What stands on this page: the operations, by id. */
  readonly addresses: ReadonlyMap<string, string>
  /** What any request can fail with, and is told once. */
  readonly commonCodes: readonly ErrorCode[]
}

/** All there is to know of an operation. */
export function toOperationSection(
  { operation, places, requestHeaders, answerHeaders, codes }: DescribedOperation,
  { baseUrl, addresses, commonCodes }: Surroundings,
): readonly string[] {
  const { id, method, path, summary, description } = operation
  const fields = toFields(operation.input, 'input')
  return [
    `### \`${id}\``,
    `**${prose(summary)}** · ${code(`${method} ${path}`)} · scope ${code(operation.scope)} · ${toTool(operation)}`,
    linkWords(prose(description), withoutItself(addresses, id)),
    fields.length === 0 ? 'It takes no fields.' : '',
    table(
      ['field', 'in', 'type', 'required', 'meaning'],
      fields.map((field) => [
        code(field.name),
        places.get(field.name.split(/[.[]/)[0] ?? '') ?? '',
        field.type,
        field.isRequired ? 'yes' : '',
        linkWords(field.meaning, addresses),
      ]),
    ),
    requestHeaders.length === 0 ? '' : `Headers: ${requestHeaders.map(toHeaderLink).join(', ')}.`,
    `It answers 200${answerHeaders.length === 0 ? '' : `, with ${answerHeaders.map(toHeaderLink).join(', ')}`}:`,
    table(['field', 'type', 'meaning'], toAnswerRows(toFields(operation.output, 'answer'), addresses)),
    ...toExample(operation, baseUrl),
    toErrors(codes.filter((each) => !commonCodes.includes(each))),
  ]
}

function toTool({ tool }: Operation): string {
  return tool === null ? 'no tool' : `tool ${link(code(tool), `mcp-tools.md#${tool}`)}`
}

function withoutItself(addresses: ReadonlyMap<string, string>, id: string): ReadonlyMap<string, string> {
  return new Map([...addresses].filter(([each]) => each !== id))
}

function toHeaderLink(name: string): string {
  return link(code(name), anchor(name))
}

function toExample(operation: Operation, baseUrl: string): readonly string[] {
  const example = operationExamples[operation.id]
  if (!example) throw new Error(`The operation ${operation.id} has no example.`)
  return [fence('sh', toCurl(operation, example.input, baseUrl)), json(shortened(example.output))]
}

/** By status, in one line. */
function toErrors(codes: readonly ErrorCode[]): string {
  const common = link('what any request can', '#what-any-request-can-fail-with')
  if (codes.length === 0) return `It fails with nothing beside ${common}.`
  const groups = [...Map.groupBy(codes, (each) => statuses[each])].map(
    ([status, group]) => `${status} ${group.map((each) => link(code(each), `errors.md#${each}`)).join(', ')}`,
  )
  return `Beside ${common}, it fails with: ${groups.join(' · ')}.`
}
