import type { Option } from 'commander'
import { homeOption, logLevelOption, storeOption } from '../../../src/cli/settings.ts'
import { anchor, code, link, prose } from '../markdown.ts'

/** What nearly every command takes is told once. */
export const sharedFlags = [homeOption, storeOption, logLevelOption].map((make) => make().flags)

/** Its flags, its variable and what it means. */
export function toOptionRow(option: Option): readonly string[] {
  const { flags, envVar } = option
  return [
    code(flags),
    envVar === undefined ? '' : link(code(envVar), `configuration.md${anchor(envVar)}`),
    toMeaning(option),
  ]
}

/** What an option means, which values it takes and what holds without it. */
export function toMeaning(option: Option): string {
  const { mandatory, description, argChoices } = option
  const usual = toDefault(option)
  const bare = description.replace(usualInWords, '')
  return [
    `${prose(capitalized(bare, argChoices))}.`,
    argChoices === undefined ? '' : `One of ${argChoices.map(code).join(', ')}.`,
    mandatory ? 'Needed.' : '',
    usual === '' ? '' : `Default: ${usual}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Where there is no value that stands for it, the description tells what holds by default. */
const usualInWords = / \(default: ([^)]+)\)$/

export function toDefault({ defaultValue, defaultValueDescription, description }: Option): string {
  if (defaultValueDescription !== undefined) return defaultValueDescription
  if (defaultValue !== undefined) return code(String(defaultValue))
  const [, words = ''] = usualInWords.exec(description) ?? []
  return /^[\d~]/.test(words) ? code(words) : words
}

/** A sentence that begins with a value stays as it is. */
function capitalized(text: string, values: readonly string[] = []): string {
  const [word = ''] = text.split(' ')
  return values.includes(word) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
