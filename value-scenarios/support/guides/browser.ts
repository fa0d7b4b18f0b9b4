import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../../test/support/chromium.ts'
import type { Stage } from '../stage.ts'
import type { Ending, GuideShell } from './guide-shell.ts'

/** Where a guide's page comes from: another origin than the server's. */
const pagePort = 5173

interface Surroundings {
  readonly stage: Pick<Stage, 'port'>
  readonly shell: Pick<GuideShell, 'variables'>
}

/**
 * Runs a script in a page of http://localhost:5173 in a real Chromium. It may await, and knows the shell's variables that it names in
 * capitals. Its output is what it writes to the console, and what the browser complains of there.
 */
export async function runInBrowser(text: string, { stage, shell }: Surroundings): Promise<Ending> {
  const variables = await shell.variables([...new Set(text.match(/\b[A-Z][A-Z0-9_]*\b/g))])
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>')
  }).listen(stage.port(pagePort), 'localhost')
  await once(server, 'listening')
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`http://localhost:${stage.port(pagePort)}/`)
    return await evaluate(page, text, variables)
  } finally {
    await browser.close()
    server.close()
  }
}

async function evaluate(
  page: Page,
  text: string,
  variables: Readonly<Record<string, string>>,
): Promise<Ending> {
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  const constants = Object.entries(variables).map(
    ([name, value]) => `const ${name} = ${JSON.stringify(value)}`,
  )
  const exitCode = await page.evaluate(`(async () => {\n${constants.join('\n')}\n${text}\n})()`).then(
    () => 0,
    (error: unknown) => {
      lines.push(String(error))
      return 1
    },
  )
  return { exitCode, output: async () => lines.map((line) => `${line}\n`).join(''), hasJobs: false }
}
