/** One file of `docs/reference/`. */
export interface Page {
  /** Its name within the folder. */
  readonly file: string
  readonly text: string
}

export const folder = 'docs/reference'

/** What every page begins with; a comment alone would leave a reader on GitHub unwarned. */
export function introduce(title: string, sources: string): readonly string[] {
  return [
    `<!-- Written by npm run reference. Don't edit: change the source, then run it again. -->`,
    `# ${title}`,
    `This page is generated from ${sources}; \`npm run reference\` writes it, \`npm run check\` compares it.`,
  ]
}
