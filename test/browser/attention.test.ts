import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/start-process.ts'
import { launchChromium, openPage } from './open-page.ts'
import { forYou, logInAs, Shop, shownIds, shownList } from './shop.ts'

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

test('three scrolls past an item that is ignored lower it on the open page', { timeout: 90_000, retry: 1 }, async () => {
  const rules = 'fatigue: { after: 3, within: 2d, factor: 0.05 }'
  await shop.ask('mutation ($rules: String!) { putRules(source: $rules) { version } }', { rules })
  const { page, complaints } = await openPage(browser)
  const impressions: { itemId: string; position: number }[] = []
  page.on('request', (request) => {
    const { variables } = JSON.parse(request.postData() ?? '{}')
    for (const event of variables?.events ?? []) if (event.type === 'IMPRESSION') impressions.push(event)
  })
  await page.goto(`${shop.address}/`)
  await logInAs(page, 'Maya')
  const [first] = await shownList(page)
  const timesSeen = () => impressions.filter(({ itemId }) => itemId === first).length
  const scrollTo = (place: 'first' | 'last') =>
    forYou(page)
      .locator('[data-item]')
      [place]()
      .evaluate((pick) => pick.scrollIntoView())
  for (let times = 1; times <= 3; times++) {
    await scrollTo('first')
    await eventually(() => timesSeen() >= times)
    if (times === 1) expect(impressions.find(({ itemId }) => itemId === first)?.position).toBe(1)
    if (times < 3) expect((await shownIds(page)).slice(0, 3)).toContain(first)
    await scrollTo('last')
    const seen = impressions.length
    await eventually(() => impressions.length > seen)
  }
  await eventually(async () => !(await shownIds(page)).slice(0, 10).includes(first!))
  expect(complaints).toEqual([])
  await page.context().close()
})
