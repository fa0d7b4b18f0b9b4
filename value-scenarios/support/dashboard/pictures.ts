import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { repository } from '../stage.ts'

/** Keeps what is on the screen with the reports, for people to look at; with `isWhole`, what one would scroll to as well. */
export async function takePicture(page: Page, name: string, isWhole = false): Promise<void> {
  const folder = join(repository, 'reports', 'web-app')
  await mkdir(folder, { recursive: true })
  // Out of the way, so that nothing looks as if it were pointed at.
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isWhole })
}
