import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type StartedProcess, startProcess } from '../support/start-process.ts'
import { launchChromium, type OpenPage, openPage, overflow, seriousFlaws } from './open-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-media-'))
let site: StartedProcess
let browser: Browser
let opened: OpenPage
let page: Page
beforeAll(async () => {
  site = await startProcess({
    PICKSTREAM_DEMO: 'media',
    PICKSTREAM_DATA_DIR: folder,
    PICKSTREAM_PORT: '0',
    PICKSTREAM_TRAIN_EVENTS: '0',
    PICKSTREAM_TRAIN_MINUTES: '0',
  })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  opened = await openPage(browser)
  page = opened.page
})
afterEach(async () => {
  await page.context().close()
  expect(opened.complaints).toEqual([])
})

const open = () => page.goto(`${site.address}/media/`)
const row = (kind: string) => page.locator(`[data-row=${kind}]`)
const goOn = () => page.getByRole('button', { name: /^(Watch|Read)/ })

/** Opens the title, and watches or reads a fifth of it. */
async function begin(id: string): Promise<void> {
  await page.goto(`${site.address}/media/?item=${id}`)
  await goOn().click()
  await page.getByText(/^\d+ of \d+ minutes$/).waitFor()
}

test('the media page continues a film: what was begun stands in a row of its own until it is finished', async () => {
  await open()
  await row('NEW').waitFor()
  const films = ['film-drama-01', 'film-comedy-02', 'film-thriller-03', 'film-romance-04', 'film-documentary-05']
  for (const id of films) await begin(id)

  await open()
  await row('CONTINUE').locator('[data-item]').nth(4).waitFor()
  expect(await row('CONTINUE').getByRole('progressbar', { name: 'Seen' }).count()).toBe(5)
  await row('CONTINUE').locator('[data-item=film-thriller-03]').getByRole('link').click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(await page.getByRole('progressbar').first().getAttribute('aria-valuenow')).toBe('20')
  for (let fifth = 2; fifth <= 5; fifth++) await goOn().click()
  await page.getByText('Finished.').waitFor()

  await page.getByRole('link', { name: 'Lumen' }).click()
  await row('CONTINUE').locator('[data-item]').nth(3).waitFor()
  await row('CONTINUE').locator('[data-item=film-thriller-03]').waitFor({ state: 'detached' })
  expect(await row('CONTINUE').locator('[data-item]').count()).toBe(4)
})

test('the page of a viewer who did something has rows of their own, is accessible and fits a phone', async () => {
  await begin('film-drama-07')
  await open()
  await row('FOR_YOU').waitFor()
  expect(await seriousFlaws(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(page)).toBe(0)
})
