import { html, type TemplateResult } from 'lit-html'

/** A unified diff as it was answered, each line in the colour of its sign. What it says before its first place, the names of the files, stands above it already. */
export function viewUnifiedDiff(diff: string): TemplateResult {
  const all = diff.split('\n')
  const lines = all.slice(
    Math.max(
      0,
      all.findIndex((line) => line.startsWith('@@')),
    ),
  )
  return html`<pre class="diff" tabindex="0" aria-label="Difference in the file">${lines.map(
    (line) => html`<span class=${classOf(line)}>${line || ' '}</span>`,
  )}</pre>`
}

function classOf(line: string): string {
  if (line.startsWith('@@')) return 'place'
  if (line.startsWith('+')) return 'plus'
  return line.startsWith('-') ? 'minus' : ''
}
