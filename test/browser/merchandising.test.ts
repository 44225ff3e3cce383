import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/start-process.ts'
import { launchChromium, type OpenPage, openPage } from './open-page.ts'
import { pickOf, Shop, shownIds, shownList } from './shop.ts'

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
  await page.mouse.move(5, 400) // no list is held
})
afterEach(async () => {
  await page.context().close()
  await putRules('{}')
  expect(opened.complaints).toEqual([])
})

const putRules = (source: string) =>
  shop.ask('mutation ($source: String!) { putRules(source: $source) { version } }', { source })
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
const popularRow = () => page.locator('[data-row=TRENDING]')
const idsOfRow = () =>
  popularRow()
    .locator('[data-item]')
    .evaluateAll((all) => all.map((one) => (one as unknown as { dataset: { item: string } }).dataset.item))

/** An item that the list does not show by itself. */
async function itemNotShown(): Promise<string> {
  const shown = new Set(await shownList(page))
  const { catalog } = await shop.ask('{ catalog(first: 100) { edges { node { id } } } }')
  const ids: string[] = catalog.edges.map(({ node }: { node: { id: string } }) => node.id)
  return ids.find((id) => !shown.has(id))!
}

test('a dated pin appears on the open page, and goes', async () => {
  await page.goto(`${shop.address}/`)
  const pinned = await itemNotShown()
  const [from, until] = [inSeconds(6), inSeconds(16)]
  const when = `{ placement: for-you, from: "${from}", until: "${until}" }`
  await putRules(`pins: [{ item: ${pinned}, position: 1, when: ${when} }]`)
  const shownBefore = await shownIds(page)
  if (Date.now() < Date.parse(from)) expect(shownBefore).not.toContain(pinned)
  await eventually(async () => (await shownIds(page))[0] === pinned)
  await eventually(async () => !(await shownIds(page)).includes(pinned))
  await eventually(async () => (await shownIds(page)).length === 12)
})

test('an item leaves the open page when its time is over', async () => {
  const item = { id: 'last-minute', title: 'Last minute', categories: ['Camping'], availableUntil: inSeconds(20) }
  await shop.ask('mutation ($items: [ItemInput!]!) { putItems(items: $items) { token } }', { items: [item] })
  await putRules('pins: [{ item: last-minute, position: 2 }]')
  await page.goto(`${shop.address}/`)
  await pickOf(page, item.id).waitFor()
  await eventually(async () => (await shownIds(page))[1] === item.id)
  await eventually(async () => !(await shownIds(page)).includes(item.id))
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(item.availableUntil))
  await eventually(async () => (await shownIds(page)).length === 12)
})

test('two placements of one page run different experiments', async () => {
  await page.goto(`${shop.address}/`)
  await popularRow().waitFor()
  const shown = new Set([...(await shownList(page)), ...(await idsOfRow())])
  const { catalog } = await shop.ask('{ catalog(first: 100) { edges { node { id } } } }')
  const ids: string[] = catalog.edges.map(({ node }: { node: { id: string } }) => node.id)
  const [beside, inRow] = ids.filter((id) => !shown.has(id))
  const experiment = (name: string, placement: string, item: string) => `
  - name: ${name}
    placement: ${placement}
    variants: [{ name: control, share: 0 }, { name: pinned, share: 1, rules: { pins: [{ item: ${item}, position: 1 }] } }]`
  await putRules(`experiments:${experiment('side', 'for-you', beside!)}${experiment('rows', 'home', inRow!)}`)
  await eventually(async () => (await shownIds(page))[0] === beside && (await idsOfRow())[0] === inRow)

  // The row first: a page of somebody who did something has its pins in the list beside it.
  await popularRow().locator(`[data-item="${inRow}"]`).getByRole('link').click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.goBack()
  await pickOf(page, beside!).getByRole('link').click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  const clicksOf = async () => {
    const { experiments } = await shop.ask('{ experiments { name placements { placement variants { name clicks } } } }')
    return experiments.filter(({ name }: { name: string }) => name === 'side' || name === 'rows')
  }
  const clicked = (name: string, placement: string) => ({
    name,
    placements: [{ placement, variants: [{ name: 'pinned', clicks: 1 }] }],
  })
  const wanted = JSON.stringify([clicked('rows', 'home'), clicked('side', 'for-you')])
  await eventually(async () => JSON.stringify(await clicksOf()) === wanted)
  const { placements } = await shop.ask('{ placements { placement positions { position clicks } } }')
  for (const name of ['home', 'for-you']) {
    const { positions } = placements.find(({ placement }: { placement: string }) => placement === name)
    expect(positions[0]).toEqual({ position: 1, clicks: 1 })
  }
})
