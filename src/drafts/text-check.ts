import { isObject, type Members } from '../json.ts'
import { replaceReferences } from '../secrets/references.ts'
import { placeholderPattern } from '../vocabulary.ts'
import { type Complaint, error, warning } from './complaint.ts'
import { looksSecret } from './plaintext-secret.ts'
import { sortedEntries } from './sorted-entries.ts'

/** A text of an entry, the steps that lead to it, and what it is called there if it has a name. */
interface Text {
  readonly at: readonly string[]
  readonly value: string
  readonly name: string | undefined
}

/** What is wrong with the texts of a server, whatever else it holds. */
export function findInTexts(entry: Members): readonly Complaint[] {
  return textsOf(entry).flatMap((text) => [...findInText(text)])
}

const placeholder = new RegExp(placeholderPattern)

/** What was meant as a reference of ours and isn't one, so that nothing would ever resolve it. */
const brokenReference = /\$\{(?:secret|env):/

function* findInText({ at, value, name }: Text): Generator<Complaint> {
  const [found] = placeholder.exec(value) ?? []
  if (found !== undefined) {
    yield error('unresolved_placeholder', at, `The placeholder ${found} has no value. ${addAgain}`)
  }
  if (brokenReference.test(replaceReferences(value, () => ' '))) {
    yield error(
      'unresolved_placeholder',
      at,
      `A reference here has no name that can be looked up. ${addAgain}`,
    )
  }
  if (looksSecret(value, name)) yield warning('plaintext_secret', at, plaintext)
}

const addAgain = 'Remove the server and add it again with a value.'
const plaintext = `This looks like a secret, and publishing would sign and show it as it stands. Give a reference, \${env:NAME}, in its place.`

function textsOf({ type, command, args, url, env, headers }: Members): readonly Text[] {
  return type === 'stdio'
    ? [...toText(['command'], command), ...argumentTexts(args), ...namedTexts('env', env)]
    : [...toText(['url'], url), ...namedTexts('headers', headers)]
}

function argumentTexts(args: unknown): readonly Text[] {
  if (!Array.isArray(args)) return []
  return args.flatMap((argument, index) =>
    toText(['args', String(index)], argument, flagBefore(args[index - 1])),
  )
}

/** In `--token VALUE` the flag names what follows. */
function flagBefore(argument: unknown): string | undefined {
  return typeof argument === 'string' && /^--?[\w.-]+$/.test(argument) ? argument : undefined
}

function namedTexts(member: string, values: unknown): readonly Text[] {
  if (!isObject(values)) return []
  return sortedEntries(values).flatMap(([name, value]) => toText([member, name], value, name))
}

function toText(at: readonly string[], value: unknown, name?: string): readonly Text[] {
  return typeof value === 'string' ? [{ at, value, name }] : []
}
