import type { Page } from 'playwright-core'

/** What a page did beside what it shows. */
export interface Conduct {
  /** The origins that it asked. */
  readonly asked: ReadonlySet<string>
  /** Its errors and warnings, and where it broke its policy. */
  readonly complaints: readonly string[]
}

/** Watches a page from its first request on. */
export function watchPage(page: Page): Conduct {
  const asked = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => asked.add(new URL(request.url()).origin))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { asked, complaints }
}
