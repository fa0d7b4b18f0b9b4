import type { Page } from 'playwright-core'

/** The texts on the screen that stand out less than WCAG 2.2 asks (1.4.3, AA), each with its ratio. What is switched off is exempt. */
export async function faintTexts(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(${findFaint})()`)
}

/** The controls without a name that could be read out (4.1.2). */
export async function namelessControls(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(${findNameless})()`)
}

/** Runs in the page. A colour is read back from a canvas, which knows every notation. */
const findFaint = `() => {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const channels = (colour) => {
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  }
  const luminance = ([r, g, b]) => {
    const [lr, lg, lb] = [r, g, b].map((each) => {
      const value = each / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb
  }
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = channels(getComputedStyle(at).backgroundColor)
      if (ground[3] === 255) return ground
    }
    return [255, 255, 255, 255]
  }
  const walker = document.createTreeWalker(document.querySelector('dialog') ?? document.body, NodeFilter.SHOW_TEXT)
  const faint = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest(':disabled, option')) continue
    const [text, ground] = [channels(getComputedStyle(element).color), groundOf(element)].map(luminance)
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + node.textContent.trim())
  }
  return faint
}`

const findNameless = `() =>
  [...document.querySelectorAll('a[href], button, input, select, textarea')]
    .filter((it) => it.checkVisibility() && !(it.ariaLabel || it.labels?.[0]?.textContent || it.textContent).trim())
    .map((it) => it.outerHTML)`
