import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { generateShop } from '../../start/demo/shop.ts'
import { generateShoppers } from '../../start/demo/shoppers.ts'
import { eventually, root } from '../support/start-process.ts'
import { launchChromium, moving, type OpenPage, openPage, overflow, seriousFlaws } from './open-page.ts'
import { forYou, logInAs, lookAt, pickOf, Shop, shopperId, shownIds, shownList } from './shop.ts'

const shop = new Shop()
let browser: Browser
let opened: OpenPage
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
beforeEach(async () => {
  opened = await openPage(browser)
  page = opened.page
})
afterEach(async () => {
  await page.context().close()
  expect(opened.complaints).toEqual([])
})

const open = (query = '', on = page) => on.goto(`${shop.address}/${query}`)
const newPicks = () => forYou(page).getByRole('button', { name: /new picks?$/ })
const categoriesOf = async (ids: readonly string[]): Promise<string[]> =>
  (await shop.ask('query($ids: [ID!]!) { items(ids: $ids) { categories } }', { ids })).items.map(
    (item: { categories: string[] }) => item.categories[0],
  )

/** What the page records of a visitor may change their list between two steps of a test. */
const changing = { retry: 2 }

describe('a visitor', changing, () => {
  test('clicks three items of one category: "For you" changes without a reload and says why', async () => {
    await open()
    const before = await shownList(page)
    expect(await forYou(page).textContent()).toContain('Popular')
    await page.evaluate('document.documentElement.dataset.stillHere = "yes"')
    await page.getByRole('link', { name: 'Coffee & Tea', exact: true }).click()
    const titles = [await lookAt(page, 0)]
    for (const nth of [1, 2]) {
      await page.goBack()
      titles.push(await lookAt(page, nth))
    }
    for (const title of titles.slice(1)) {
      await forYou(page).getByText(`Because you looked at ${title}`).first().waitFor()
    }
    const after = await shownIds(page)
    expect(after).not.toEqual(before)
    const coffee = (await categoriesOf(after)).filter((name) => name === 'Coffee & Tea')
    expect(coffee.length).toBeGreaterThan(after.length / 2)
    expect(await forYou(page).textContent()).toMatch(/Last click to new list: [\d.]+ ms/)
    expect(await page.evaluate('document.documentElement.dataset.stillHere')).toBe('yes')
  })

  test('buys one of the picks and sees it leave', async () => {
    await open()
    const [id] = await shownList(page)
    await pickOf(page, id!).getByRole('link').click()
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByRole('link', { name: 'Basket 1 item' }).click()
    await page.getByRole('button', { name: 'Buy now' }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    await pickOf(page, id!).waitFor({ state: 'detached' })
    await page.reload()
    expect(await shownList(page)).not.toContain(id)
  })

  test('turns a pick down: it goes at once, stays away, and comes back when that is taken back', async () => {
    await open('?category=Garden')
    const turnDown = async () => {
      const [id] = await shownList(page)
      await pickOf(page, id!)
        .getByRole('button', { name: /^Not for me/ })
        .click()
      await pickOf(page, id!).waitFor({ state: 'detached' })
      return id!
    }
    const [first, second] = [await turnDown(), await turnDown()]
    await page.getByRole('button', { name: 'Undo' }).click()
    await pickOf(page, second).waitFor()
    // Without the impressions: whether the picks were in view for long enough depends on the machine.
    const remembered = async () => {
      const query = 'query($id: ID!) { user(id: $id) { events(first: 100) { edges { node { type itemId } } } } }'
      const { user } = await shop.ask(query, { id: await shopperId(page) })
      const events: { type: string; itemId: string }[] =
        user?.events.edges.map(({ node }: { node: object }) => node) ?? []
      return events.filter(({ type }) => type !== 'IMPRESSION').map(({ type, itemId }) => `${type} ${itemId}`)
    }
    await eventually(async () => JSON.stringify(await remembered()) === JSON.stringify([`DISMISS ${first}`]))
    await page.reload()
    expect(await shownList(page)).not.toContain(first)
  })

  test('searches, opens more, and is where they were after "back"', async () => {
    await open()
    const items = page.getByRole('list', { name: 'Items' }).getByRole('article')
    await page.getByRole('button', { name: 'Show more' }).click()
    await items.nth(47).waitFor()
    await lookAt(page, 30)
    await page.goBack()
    await items.nth(47).waitFor()
    await page.getByLabel('Search the shop').fill('teapo')
    await page.getByRole('heading', { level: 1, name: '“teapo”' }).waitFor()
    await page.getByText('11 items', { exact: true }).waitFor()
    expect(await items.first().textContent()).toContain('Teapot')
    await page.getByLabel('Search the shop').fill('no such thing')
    await page.getByText('Nothing found.').waitFor()
    await page.getByLabel('Search the shop').fill('coffee ')
    await page.getByRole('heading', { level: 1, name: '“coffee”' }).waitFor()
    expect(await page.getByLabel('Search the shop').inputValue()).toBe('coffee ')
  })

  test('a search that is still waiting does not replace an item that is opened right after typing', async () => {
    await open()
    const link = page.getByRole('list', { name: 'Items' }).getByRole('article').first().getByRole('link')
    const title = (await link.textContent())!
    const typeAndOpen = `(() => {
      const input = document.querySelector('input[type=search]')
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'lamp')
      input.dispatchEvent(new Event('input', { bubbles: true }))
      document.querySelector('[aria-label=Items] article a').click()
      return new Promise((resolve) => setTimeout(resolve, 400))
    })()`
    await page.evaluate(typeAndOpen)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    expect(await page.getByLabel('Search the shop').inputValue()).toBe('')
  })

  test('logs in: what the guest did and put into the basket comes along', async () => {
    await open('?category=Garden')
    const title = await lookAt(page, 0)
    // Not the title alone: a new guest's popular picks may hold the item itself.
    const reasons = forYou(page).locator('em').filter({ hasText: title })
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await reasons.first().waitFor()
    await logInAs(page, 'Ada')
    await page.getByRole('link', { name: 'Basket 1 item' }).waitFor()
    await reasons.first().waitFor()
    await page.getByRole('button', { name: /^Shopping as/ }).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.mouse.move(5, 400)
    await forYou(page).getByText('Popular items').waitFor()
    expect(await reasons.count()).toBe(0)
    await page.getByRole('link', { name: 'Basket', exact: true }).waitFor()
  })

  test('has the tastes that the menu tells', async () => {
    const likes = new Map(
      generateShoppers(generateShop(2025, 0), 2025).map(({ userId, departments }) => [
        userId,
        [...departments.keys()].join(', '),
      ]),
    )
    await open()
    for (const name of ['Maya', 'Jonas', 'Ines', 'Kofi', 'Ada']) {
      await logInAs(page, name)
      const told = await page.locator('[aria-current=true] small').textContent()
      expect(told).toBe(likes.get(await shopperId(page)))
    }
  })
})

describe('"For you"', changing, () => {
  test('never moves under the pointer: new picks wait for a button', async () => {
    await open('?category=Lighting')
    await shownList(page)
    const other = await page.context().newPage()
    await open('?category=Lighting', other)
    await shownList(other)
    await forYou(page).getByRole('link').first().hover()
    const before = await shownIds(page) // until the pointer came, the list was free to change
    const title = await lookAt(other, 0)
    await newPicks().waitFor()
    expect(await shownIds(page)).toEqual(before)
    await newPicks().click()
    await forYou(page).getByText(title).first().waitFor()
    expect(await shownIds(page)).not.toEqual(before)
    expect(await newPicks().count()).toBe(0)
  })

  test('never moves under the focus, and lets new picks in when the focus leaves', async () => {
    await open('?category=Travel')
    await shownList(page)
    const other = await page.context().newPage()
    await open('?category=Travel', other)
    await shownList(other)
    await forYou(page).getByRole('link').nth(2).focus()
    const before = await shownIds(page) // until the focus came, the list was free to change
    const title = await lookAt(other, 0)
    await newPicks().waitFor()
    expect(await shownIds(page)).toEqual(before)
    await page.getByLabel('Search the shop').focus()
    await forYou(page).getByText(title).first().waitFor()
    expect(await newPicks().count()).toBe(0)
  })

  test('changes without a motion for a visitor who asked for less of it', async () => {
    const calm = await openPage(browser, { reducedMotion: 'reduce' })
    await open('?category=Climbing', calm.page)
    await shownList(calm.page)
    const title = await lookAt(calm.page, 0)
    await forYou(calm.page).getByText(title).first().waitFor()
    await forYou(calm.page).locator('[data-fresh]').first().waitFor()
    expect(await moving(calm.page)).toBe(0)
    await calm.page.context().close()
    expect(calm.complaints).toEqual([])
  })

  test('two windows of one shopper show the same', async () => {
    const second = await openPage(browser)
    for (const one of [page, second.page]) {
      await open('?category=Running', one)
      await logInAs(one, 'Kofi')
    }
    const [rejected] = await shownList(page)
    await lookAt(page, 0)
    const event = { userId: await shopperId(page), itemId: rejected, type: 'DISMISS' }
    await shop.ask('mutation ($event: EventInput!) { recordEvents(events: [$event]) { accepted } }', { event })
    await eventually(async () => {
      const [here, there] = [await shownIds(page), await shownIds(second.page)]
      return JSON.stringify(here) === JSON.stringify(there) && !here.includes(rejected!)
    })
    await second.page.context().close()
    expect(second.complaints).toEqual([])
  })

  test('tells what was seen, on which list, and does not go in circles', async () => {
    const seen: { type: string; itemId: string; recommendationId: string }[] = []
    const lists = new Set<string>()
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const { payload: message } = JSON.parse(String(payload))
        if (message?.data?.recommendationsUpdated) lists.add(message.data.recommendationsUpdated.id)
      }),
    )
    page.on('request', (request) => {
      const { variables } = JSON.parse(request.postData() ?? '{}')
      for (const event of variables?.events ?? []) if (event.type === 'IMPRESSION') seen.push(event)
    })
    await open('?category=Garden') // without the rows of the start page, which are lists of their own
    await shownList(page)
    await eventually(() => seen.length > 0)
    // The impressions make new lists of the same picks; those are no news.
    await eventually(() => lists.size > 1)
    await page.waitForTimeout(3_000)
    expect(new Set(seen.map(({ itemId }) => itemId)).size).toBe(seen.length)
    for (const { recommendationId } of seen) expect(lists).toContain(recommendationId)
  })
})

describe.each([
  { name: 'desktop', options: {} },
  { name: 'desktop, dark', options: { colorScheme: 'dark' as const } },
  { name: 'phone', options: { viewport: { width: 360, height: 760 }, hasTouch: true, isMobile: true } },
])('on a $name', ({ options }) => {
  beforeEach(async () => {
    await page.context().close()
    opened = await openPage(browser, { ...options, reducedMotion: 'reduce' })
    page = opened.page
  })

  test('every page is accessible and fits, the longest title too', { timeout: 90_000 }, async () => {
    const id = 'long-title'
    const title = `${'Unbreakable'.repeat(12)} and ${'so very long '.repeat(20)}`
    await shop.ask('mutation($items: [ItemInput!]!) { putItems(items: $items) { token } }', {
      items: [
        {
          id,
          title,
          categories: ['Travel'],
          tags: ['x'.repeat(60)],
          price: 12345.67,
          publishedAt: new Date().toISOString(),
        },
      ],
    })
    await eventually(async () => (await shop.ask('{ item(id: "long-title") { id } }')).item)
    for (const query of ['', '?category=Travel', '?q=nothing-like-it', `?item=${id}`, '?item=unknown', '?basket']) {
      await open(query)
      await shownList(page)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await seriousFlaws(page), query).toEqual([])
      expect(await overflow(page), query).toBe(0)
    }
    await open(`?item=${id}`)
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByRole('link', { name: 'Basket 1 item' }).click()
    await page.getByRole('button', { name: 'Buy now' }).waitFor()
    await page.getByRole('button', { name: /^Shopping as/ }).click()
    expect(await seriousFlaws(page), 'basket and menu').toEqual([])
    expect(await overflow(page), 'basket and menu').toBe(0)
  })
})

describe('as it is served', () => {
  test('weighs less than 200 kB, zipped', () => {
    const folder = `${root}dist/pages/storefront/assets/`
    const sizes = readdirSync(folder).map((name) => gzipSync(readFileSync(folder + name)).length)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000)
  })

  test('runs under a strict policy, and is kept for as long as it may be', async () => {
    const index = await fetch(shop.address)
    expect(index.headers.get('content-security-policy')).toMatch(/script-src 'self';/)
    expect(index.headers.get('cache-control')).toBe('no-cache')
    const html = await index.text()
    expect(html).not.toMatch(/<script(?![^>]* src=)|style=|<style/)
    const script = await fetch(new URL(/src="([^"]+\.js)"/.exec(html)![1]!, `${shop.address}/`))
    expect(script.headers.get('cache-control')).toContain('immutable')
  })
})
