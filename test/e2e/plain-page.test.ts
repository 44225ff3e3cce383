import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root, type StartedProcess, startProcess } from '../support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-plain-'))
const html = readFileSync(`${root}client-examples/plain.html`)
const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
let started: StartedProcess
let browser: Browser
let page: Page

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  started = await startProcess({
    PICKSTREAM_DATA_DIR: join(folder, 'data'),
    PICKSTREAM_CORS_ORIGINS: origin,
    PICKSTREAM_TRAIN_EVENTS: '0',
    PICKSTREAM_TRAIN_MINUTES: '0',
  })
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  page = await browser.newPage()
  await page.goto(`${origin}/?url=${encodeURIComponent(started.url)}&user=plain-visitor`)
})
afterAll(async () => {
  await browser?.close()
  await started?.stop()
  site.close()
  rmSync(folder, { recursive: true })
})

test('what is bought leaves the list, which explains itself by it, without a reload', async () => {
  await page.waitForSelector('#picks li')
  expect(await page.textContent('#status')).toBe('Live')
  const button = page.locator('#picks li button', { hasText: 'purchase' }).first()
  const itemId = await button.getAttribute('data-item')
  const title = (await page.locator('#picks li').first().innerText()).split(/ because of | [A-Z][a-z]+[A-Z]/)[0]!
  await button.click()
  await page.locator(`[data-item="${itemId}"]`).first().waitFor({ state: 'detached' })
  await page.getByText(`because of ${title.trim()}`).first().waitFor()
})
