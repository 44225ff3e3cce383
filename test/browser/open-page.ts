import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Debian's, or the one that is named. */
const executablePath = process.env.PICKSTREAM_TEST_CHROMIUM ?? '/usr/bin/chromium'

/** It asks nobody but the server that is tested. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`no browser at ${executablePath}: install chromium, or name one in PICKSTREAM_TEST_CHROMIUM`)
  }
  return chromium.launch({ executablePath, args })
}

export interface OpenPage {
  readonly page: Page
  /** What the page has complained of so far, in the words of the browser's console. */
  readonly complaints: readonly string[]
}

/** A page of its own: nothing is kept from the one before. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}

/** What axe-core finds that is serious or worse: the rule and the first elements that break it. */
export async function seriousFlaws(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(' | ')}`,
    )
}

/** How many animations run now that take any time. */
export async function moving(page: Page): Promise<number> {
  const running =
    'document.getAnimations().filter(({ effect }) => Number(effect.getComputedTiming().duration) > 0).length'
  return (await page.evaluate(running)) as number
}

/**
 * By how many pixels the page is wider than its window: 0 where nothing is to be scrolled sideways. A phone's browser zooms out
 * until all fits, so `innerWidth` grows with the page there; `clientWidth` does not.
 */
export async function overflow(page: Page): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number
}
