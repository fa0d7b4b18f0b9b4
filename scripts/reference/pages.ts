import { readApi } from './api/model.ts'
import { makeApiPage } from './api/page.ts'
import { makeCliPage } from './cli/page.ts'
import { makeConfigurationPage } from './configuration/page.ts'
import { makeErrorsPage } from './errors/page.ts'
import { makeHttpApiPage } from './http-api/page.ts'
import { makeMcpToolsPage } from './mcp-tools.ts'
import type { Page } from './page.ts'

/** Every page of the reference, as the sources are now. */
export async function makePages(): Promise<readonly Page[]> {
  const api = await readApi()
  return await Promise.all([
    makeHttpApiPage(),
    makeMcpToolsPage(),
    makeErrorsPage(),
    makeCliPage(),
    makeConfigurationPage(api),
    makeApiPage(api),
  ])
}
