import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/start-process.ts'
import { launchChromium, openPage } from './open-page.ts'
import { forYou, logInAs, pickOf, Shop, shopperId, shownIds } from './shop.ts'

const shop = new Shop()
let browser: Browser
beforeAll(async () => {
  await shop.start()
  browser = await launchChromium()
  await shop.opened()
})
afterAll(async () => {
  await browser?.close()
  await shop.close()
})

test('three scrolls past an item that is ignored lower it on the open page', {
  timeout: 180_000,
}, async () => {
  const rules = 'fatigue: { after: 3, within: 2d, factor: 0.05 }'
  await shop.ask('mutation ($rules: String!) { putRules(source: $rules) { version } }', { rules })
  await shop.rest()
  const { page, complaints } = await openPage(browser)
  const impressions: { userId: string; itemId: string; position: number }[] = []
  page.on('request', (request) => {
    const { variables } = JSON.parse(request.postData() ?? '{}')
    for (const event of variables?.events ?? []) if (event.type === 'IMPRESSION') impressions.push(event)
  })
  const lists = new Set<string>()
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const list = JSON.parse(String(payload)).payload?.data?.recommendationsUpdated
      if (list) lists.add(list.id)
    }),
  )
  await page.goto(`${shop.address}/`)
  await logInAs(page, 'Maya')
  await forYou(page).getByText('Made for you').waitFor()
  const maya = await shopperId(page)
  const showingsOf = (item: string) => impressions.filter(({ userId, itemId }) => userId === maya && itemId === item)
  // One that was shown: the first lists of a visitor who has just logged in may still change.
  const ignored = await eventually(async () => (await shownIds(page)).find((id) => showingsOf(id).length > 0))
  const showings = () => showingsOf(ignored)
  while (showings().length < 3) {
    const last = forYou(page).locator('[data-item]').last()
    await last.evaluate((pick) => pick.scrollIntoView())
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    const [times, listsBefore] = [showings().length, lists.size]
    await pickOf(page, ignored).evaluate((pick) => pick.scrollIntoView())
    await eventually(() => showings().length > times)
    await eventually(() => lists.size > listsBefore)
  }
  await eventually(async () => !(await shownIds(page)).slice(0, 10).includes(ignored))
  expect(showings().every(({ position }) => position >= 1 && position <= 20)).toBe(true)
  expect(complaints).toEqual([])
  await page.context().close()
})
