import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/start-process.ts'
import { launchChromium, openPage } from './open-page.ts'
import { forYou, lookAt, Shop, shopperId, shownIds, shownList } from './shop.ts'

const shop = new Shop()
let browser: Browser
let page: Page
beforeAll(async () => {
  await shop.start()
  browser = await launchChromium()
  await shop.opened()
})
afterAll(async () => {
  await browser?.close()
  await shop.close()
})
// The browser itself reports broken connections, so nothing is said here about an empty console.
beforeEach(async () => {
  page = (await openPage(browser)).page
})
afterEach(() => page.context().close())

const banner = () => page.getByText('You are offline.')

/** What the shop says now, first to last; with the events of a token, if one is given. */
async function listOf(userId: string, after?: string): Promise<string[]> {
  const query = `query($userId: ID!, $after: String) {
    recommendations(userId: $userId, first: 12, after: $after, timeoutMs: 20000) { picks { item { id } } } }`
  const { recommendations } = await shop.ask(query, { userId, after })
  return recommendations.picks.map(({ item }: { item: { id: string } }) => item.id)
}

async function showsTheNewest(after?: string): Promise<void> {
  const userId = await shopperId(page)
  await eventually(async () => JSON.stringify(await shownIds(page)) === JSON.stringify(await listOf(userId, after)))
}

test('the server is killed and started again: the page recovers and misses nothing', async () => {
  await page.goto(`${shop.address}/?category=Kitchen`)
  await shownList(page)
  const before = await lookAt(page, 0)
  await forYou(page).getByText(before).first().waitFor()
  await page.goBack()

  await shop.kill()
  await banner().waitFor()
  const link = page.getByRole('list', { name: 'Items' }).getByRole('article').nth(1).getByRole('link')
  const during = (await link.textContent())!
  await link.click()
  await page.getByText('This could not be loaded.').waitFor()

  await shop.start()
  // Somebody else's window: the page was not there to see it.
  const { recordEvents } = await shop.ask(
    'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }',
    {
      events: [{ userId: await shopperId(page), itemId: 'lantern-01', type: 'LIKE' }],
    },
  )

  await banner().waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 1, name: during }).waitFor()
  await forYou(page).getByText(`Because you looked at ${during}`).first().waitFor()
  await showsTheNewest(recordEvents.token)
})

test('a network that fails: what is clicked meanwhile is kept and counts later', async () => {
  await page.goto(`${shop.address}/?category=Desk`)
  await shownList(page)
  await page.context().setOffline(true)
  await banner().waitFor()
  const link = page.getByRole('list', { name: 'Items' }).getByRole('article').first().getByRole('link')
  const title = (await link.textContent())!
  await link.click()
  await page.context().setOffline(false)
  await banner().waitFor({ state: 'detached' })
  await forYou(page).getByText(`Because you looked at ${title}`).first().waitFor()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await showsTheNewest()
})

test('a start page that is opened without a network is complete once there is one', async () => {
  await page.goto(`${shop.address}/?item=tent-01`)
  await shownList(page)
  await page.context().setOffline(true)
  await banner().waitFor()
  await page.getByRole('link', { name: 'Marigold' }).click()
  await page.getByText('This could not be loaded.').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('list', { name: 'Items' }).getByRole('article').first().waitFor()
  await page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name: 'Garden' }).waitFor()
  await page.locator('[data-row]').first().waitFor()
})

test('a server that requires credentials: the pages say so, and nothing seems to be on its way', async () => {
  await page.routeWebSocket(/graphql/, (socket) => socket.close({ code: 4403, reason: 'Forbidden' }))
  const errors = [{ message: 'expected a token', extensions: { code: 'UNAUTHENTICATED', retriable: false } }]
  await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: { errors } }))
  for (const path of ['/', '/media/']) {
    await page.goto(shop.address + path)
    await page.getByText('This server requires credentials').waitFor()
    expect(await page.getByText('Loading your picks').count()).toBe(0)
  }
})
