import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build, type PreviewServer, preview } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyShop, eventually, root, type StartedProcess, startProcess } from '../support/start-process.ts'
import { launchChromium, openPage } from './open-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-libraries-'))
let started: StartedProcess
let browser: Browser
const sites: PreviewServer[] = []
beforeAll(async () => {
  started = await startProcess({
    PICKSTREAM_DATA_DIR: join(folder, 'data'),
    ...emptyShop,
  })
  const items = Array.from({ length: 20 }, (_, n) => ({ id: `mug-${n}`, title: `Mug ${n}`, categories: ['Kitchen'] }))
  await ask('mutation($items: [ItemInput!]!) { putItems(items: $items) { token } }', { items })
  await eventually(async () => (await ask('{ catalog { totalCount } }')).catalog.totalCount === items.length)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  for (const site of sites) await site.close()
  await started?.stop()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: the tests know what they asked for
async function ask(query: string, variables: object = {}): Promise<any> {
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return ((await response.json()) as { data: unknown }).data
}

const record = (userId: string, itemId: string) =>
  ask('mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }', {
    events: [{ userId, itemId, type: 'PURCHASE' }],
  })

const shownIds = (page: Page): Promise<(string | null)[]> =>
  page.locator('[data-item]').evaluateAll((all) => all.map((one) => one.getAttribute('data-item')))

/** Builds the example and opens it beside the server. */
async function openExample(name: string, userId: string) {
  const config = {
    root: `${root}client-examples/${name}`,
    configFile: `${root}client-examples/${name}/vite.config.ts`,
    logLevel: 'error' as const,
    build: { outDir: join(folder, name), emptyOutDir: true },
    preview: { host: '127.0.0.1', port: 0, proxy: { '/graphql': { target: started.address, ws: true } } },
  }
  await build(config)
  const site = await preview(config)
  sites.push(site)
  const opened = await openPage(browser)
  await opened.page.goto(`${site.resolvedUrls!.local[0]}?user=${userId}`)
  await opened.page.locator('[data-item]').nth(9).waitFor()
  return opened
}

/** Without a reload, which would show all of the page anew. */
async function buysTheFirst(page: Page): Promise<void> {
  const [itemId] = await shownIds(page)
  await page.evaluate('document.documentElement.dataset.stillHere = "yes"')
  await page.locator(`[data-item="${itemId}"]`).getByRole('button', { name: 'buy' }).click()
  await page.mouse.move(600, 800)
  await page.locator(`[data-item="${itemId}"]`).waitFor({ state: 'detached' })
  expect(await shownIds(page)).toHaveLength(10)
  expect(await page.evaluate('document.documentElement.dataset.stillHere')).toBe('yes')
}

test('client-examples/react-hooks: what is bought leaves the list, and nothing moves under the pointer', async () => {
  const { page, complaints } = await openExample('react-hooks', 'hooks-visitor')
  await buysTheFirst(page)

  await page.getByRole('button', { name: 'look' }).nth(1).hover()
  const before = await shownIds(page)
  await record('hooks-visitor', before[0]!)
  await page.getByRole('button', { name: 'New picks' }).waitFor()
  expect(await shownIds(page)).toEqual(before)
  await page.getByRole('button', { name: 'New picks' }).click()
  await page.locator(`[data-item="${before[0]}"]`).waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
})

test('client-examples/apollo-client: what is bought leaves the list, and the cache has nothing to complain of', async () => {
  const { page, complaints } = await openExample('apollo-client', 'apollo-visitor')
  await buysTheFirst(page)
  expect(complaints).toEqual([])
})
