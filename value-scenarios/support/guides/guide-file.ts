import { join } from 'node:path'
import { repository } from '../stage.ts'
import { fileOf, readGuide } from './guide.ts'

/** The text of a file that a guide has its reader write. */
export async function fileIn(guide: string, file: string): Promise<string> {
  const { fences } = await readGuide(join(repository, guide))
  const fence = fences.find((each) => fileOf(each) === file)
  if (!fence) throw new Error(`${guide} writes no file ${file}.`)
  return fence.text
}
