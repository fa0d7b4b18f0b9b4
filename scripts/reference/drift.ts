import type { Page } from './page.ts'

/** What of a page a reviewer sees of a drift. */
const mostLines = 5

/** What is there, by its name in the folder; undefined for a page that is not there. */
type Read = (file: string) => Promise<string | undefined>

/** A complaint for each page that is not what the sources say, and for each file that no source makes. */
export async function findDrift(
  pages: readonly Page[],
  files: readonly string[],
  read: Read,
): Promise<readonly string[]> {
  const made = new Set(pages.map(({ file }) => file))
  const strangers = files.filter((file) => !made.has(file)).map((file) => `${file} is made by no generator.`)
  const drifts = await Promise.all(pages.map(async (page) => compare(page, await read(page.file))))
  return [...drifts.flat(), ...strangers]
}

function compare({ file, text }: Page, there: string | undefined): readonly string[] {
  if (there === undefined) return [`${file} is missing.`]
  if (there === text) return []
  const [is, shouldBe] = [there.split('\n'), text.split('\n')]
  const first = shouldBe.findIndex((line, at) => line !== is[at])
  const at = first === -1 ? shouldBe.length : first
  const end = at + lengthOfDifference(is.slice(at), shouldBe.slice(at))
  return [
    [
      `${file}:${at + 1} is not what the source says.`,
      ...is.slice(at, end).map((line) => `  - ${line}`),
      ...shouldBe.slice(at, end).map((line) => `  + ${line}`),
    ].join('\n'),
  ]
}

/** How many lines differ until two agree again. */
function lengthOfDifference(is: readonly string[], shouldBe: readonly string[]): number {
  const same = shouldBe.findIndex((line, at) => line === is[at])
  return Math.min(mostLines, same === -1 ? mostLines : same)
}
