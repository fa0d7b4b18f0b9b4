import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** More than any screen of the dashboard has to step through. */
const mostSteps = 80

/** Steps from control to control until one of this name has the focus, as a person without a mouse does. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = []
  for (let steps = 0; steps < mostSteps; steps += 1) {
    await page.keyboard.press('Tab')
    const focused = await focusedName(page)
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
    seen.push(focused)
  }
  assert.fail(`The keyboard never reaches ${name}. It reached: ${seen.join(' | ')}`)
}

export async function pressAt(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** What is read out of the control that has the focus. */
async function focusedName(page: Page): Promise<string> {
  return await page.evaluate<string>(`(() => {
    const { activeElement: it } = document
    return (it.ariaLabel || it.labels?.[0]?.textContent || it.textContent).trim().replace(/\\s+/g, ' ')
  })()`)
}
