import { code, link, linkWords, prose } from '../markdown.ts'
import type { DescribedOperation } from './described-operation.ts'
import type { Document } from './document.ts'

/** Each header under a heading of its own, so that it can be linked to. */
export function toHeaderBlocks(
  { components }: Document,
  described: readonly DescribedOperation[],
  addresses: ReadonlyMap<string, string>,
): readonly string[] {
  const asked = Map.groupBy(Object.entries(components.parameters), ([, { name }]) => name)
  return [
    ...[...asked].flatMap(([name, variants]) => [
      toHeading(name),
      ...variants.map(
        ([key, { description = '' }]) =>
          `${linkWords(prose(description), addresses)} ${toUsers(key, described)}`,
      ),
    ]),
    ...Object.entries(components.headers).flatMap(([name, { description }]) => [
      toHeading(name),
      prose(description),
    ]),
  ]
}

function toHeading(name: string): string {
  return `### ${code(name)}`
}

/** Which operations take it. */
function toUsers(key: string, described: readonly DescribedOperation[]): string {
  const users = described
    .filter(({ headerKeys }) => headerKeys.includes(key))
    .map(({ operation }) => operation)
  const reads = described.filter(({ operation }) => operation.method === 'GET')
  if (users.length === reads.length && users.every(({ method }) => method === 'GET'))
    return 'Taken by every GET.'
  return `Taken by ${users.map(({ id }) => link(code(id), `#${id}`)).join(', ')}.`
}
