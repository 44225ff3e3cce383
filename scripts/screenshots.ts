/**
 * npm run screenshots: starts the demo shop on a temporary folder, does in Chromium what a visitor and an operator do,
 * and writes the pictures of README.md into docs/images. Chromium is Debian's, or the one that PICKSTREAM_TEST_CHROMIUM
 * names.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, openPage } from '../test/browser/open-page.ts'
import { forYou, lookAt } from '../test/browser/shop.ts'
import { eventually, root, startProcess } from '../test/support/start-process.ts'
import { animatedPng, type Frame } from './animated-png.ts'

const images = join(root, 'docs/images')
const bytesMax = 300_000
/** Wait until animations have ended. */
const restMs = 1_200

const kinds: Readonly<Record<string, BrowserContextOptions>> = {
  '': { viewport: { width: 1280, height: 860 } },
  '-dark': { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' },
  '-phone': { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
}

const folder = mkdtempSync(join(tmpdir(), 'pickstream-screenshots-'))
const started = await startProcess({ PICKSTREAM_DATA_DIR: folder })
const browser = await launchChromium()
try {
  mkdirSync(images, { recursive: true })
  await eventually(isOpen, 500)
  await theTour(browser)
  for (const [kind, options] of Object.entries(kinds)) {
    const { page } = await openPage(browser, { ...options, reducedMotion: 'reduce' })
    await theShop(page, kind)
    await theConsole(page, kind)
    await page.context().close()
  }
} finally {
  await browser.close()
  await started.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Whether the catalog and the past events are loaded and a model is served. */
async function isOpen(): Promise<boolean> {
  const query = '{ pipeline { items users model { version } stages { lag processedPerSecond } } }'
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { items, users, model, stages } = ((await response.json()) as { data: { pipeline: Pipeline } }).data.pipeline
  return (
    items > 900 &&
    users > 250 &&
    model.version > 0 &&
    stages.every(({ lag, processedPerSecond }) => lag < 50 && processedPerSecond < 20)
  )
}

interface Pipeline {
  readonly items: number
  readonly users: number
  readonly model: { readonly version: number }
  readonly stages: readonly { readonly lag: number; readonly processedPerSecond: number }[]
}

/** Records three clicks and the changes of the list as an animation. */
async function theTour(on: Browser): Promise<void> {
  const { page } = await openPage(on, { viewport: { width: 1010, height: 590 }, reducedMotion: 'reduce' })
  await page.goto(`${started.address}/?category=Coffee+%26+Tea`)
  await forYou(page).locator('[data-item]').first().waitFor()
  await page.waitForTimeout(restMs)
  const frames: Frame[] = [{ png: await page.screenshot(), ms: 2_500 }]
  for (const nth of [0, 1, 2]) {
    await seeing(page, nth)
    if (nth !== 1) frames.push({ png: await page.screenshot(), ms: 2_500 }) // of three clicks the first and the last: it is to stay small
    await page.goBack()
  }
  await page.context().close()
  write('tour', animatedPng(frames))
}

async function theShop(page: Page, kind: string): Promise<void> {
  await page.goto(`${started.address}/?category=Coffee+%26+Tea`)
  for (const nth of [0, 1, 2]) {
    await seeing(page, nth)
    await page.goBack()
  }
  await page.mouse.move(5, 400)
  await page.evaluate('scrollTo(0, 0)')
  await page.waitForTimeout(restMs)
  write(`shop${kind}`, await page.screenshot())
}

async function theConsole(page: Page, kind: string): Promise<void> {
  await page.goto(`${started.address}/console/`)
  await page.getByLabel('Events a second of the simulated shoppers').selectOption('30')
  await page.waitForTimeout(kind === '' ? 30_000 : 12_000) // what its sparklines show
  write(`console${kind}`, await page.screenshot())
  if (kind !== '') return

  await page.goto(`${started.address}/console/?page=events`)
  await page.getByLabel('Item').fill('tent-01')
  await page.getByRole('button', { name: 'Send and trace' }).click()
  await page.getByText('made by this event').waitFor()
  await page.waitForTimeout(restMs)
  write('console-event', await page.screenshot())
}

/** Opens the nth item of the grid, and waits for the list that has seen it. */
async function seeing(page: Page, nth: number): Promise<void> {
  const title = await lookAt(page, nth)
  await forYou(page).getByText(title).first().waitFor()
  await page.mouse.move(5, 400)
  await page.waitForTimeout(restMs)
}

function write(name: string, png: Buffer): void {
  const file = join(images, `${name}.png`)
  writeFileSync(file, png)
  const { size } = statSync(file)
  console.log(`docs/images/${name}.png  ${Math.round(size / 1000)} kB`)
  if (size > bytesMax) throw new Error(`${file} has ${size} bytes: at most ${bytesMax} go into the repository`)
}
