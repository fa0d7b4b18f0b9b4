import type { Page } from 'playwright-core'
import { launchChromium } from '../../test/support/chromium.ts'
import { type Conduct, watchPage } from '../../test/support/watched-page.ts'
import type { World } from './world.ts'

/** What a person saw on a page, and what the page did meanwhile. */
export interface Sight extends Conduct {
  /** The operations, by what the page calls them. */
  readonly listed: readonly string[]
  readonly status?: string
  readonly body?: string
}

/** Opens a page in a real browser and looks at it. */
export async function openPage(
  world: Pick<World, 'stops'>,
  url: string,
  look: (page: Page) => Promise<Omit<Sight, keyof Conduct>>,
): Promise<Sight> {
  const browser = await launchChromium()
  world.stops.push(() => browser.close())
  const page = await browser.newPage()
  const conduct = watchPage(page)
  await page.goto(url)
  return { ...(await look(page)), ...conduct }
}
