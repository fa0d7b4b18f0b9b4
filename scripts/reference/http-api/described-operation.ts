import type { ErrorCode } from '../../../src/errors.ts'
import type { Operation } from '../../../src/operations/operation.ts'
import { adminOperations, operations } from '../../../src/operations/operations.ts'
import { codesOf, type Document, nameOf, resolve } from './document.ts'

/** An operation with what the OpenAPI document makes of it: this page is to say the same. */
export interface DescribedOperation {
  readonly operation: Operation
  readonly tag: string
  /** Where each field goes: path, query or body. */
  readonly places: ReadonlyMap<string, string>
  readonly requestHeaders: readonly string[]
  /** The same, by the keys that the document has for them: a name may mean different things. */
  readonly headerKeys: readonly string[]
  readonly answerHeaders: readonly string[]
  readonly codes: readonly ErrorCode[]
}

export function describeOperations(document: Document): readonly DescribedOperation[] {
  return [...operations, ...adminOperations].map((operation) => describe(operation, document))
}

function describe(operation: Operation, document: Document): DescribedOperation {
  const item = document.paths[operation.path]?.[operation.method.toLowerCase()]
  if (!item) throw new Error(`The OpenAPI document has no ${operation.id}.`)
  const parameters = (item.parameters ?? []).map((each) => resolve(each, document))
  const named = new Map(parameters.map(({ name, in: place }) => [name, place]))
  const places = Object.keys(operation.input.properties).map(
    (name) => [name, named.get(name) ?? 'body'] as const,
  )
  return {
    operation,
    tag: item.tags[0],
    places: new Map(places),
    requestHeaders: parameters.flatMap(({ name, in: place }) => (place === 'header' ? [name] : [])),
    headerKeys: (item.parameters ?? []).flatMap((each) => ('$ref' in each ? [nameOf(each.$ref)] : [])),
    answerHeaders: Object.keys(item.responses['200']?.headers ?? {}).filter(
      (name) => name !== 'X-Request-Id',
    ),
    codes: codesOf(item, document),
  }
}
