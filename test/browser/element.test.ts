import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyShop, eventually, root, type StartedProcess, startProcess } from '../support/start-process.ts'
import { launchChromium, openPage, seriousFlaws } from './open-page.ts'

/** The file of `npm run cdn` on a plain page of another origin, under a strict Content-Security-Policy. */
const { version } = JSON.parse(readFileSync(join(root, 'packages/element/package.json'), 'utf8')) as { version: string }
const file = join(root, `dist/cdn/pickstream-${version}.js`)
const folder = mkdtempSync(join(tmpdir(), 'pickstream-element-'))
let started: StartedProcess
let site: Server
let origin: string
let browser: Browser
let integrity: string

const page = (userId: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>A plain page</title>
    <link rel="icon" href="data:," />
    <script type="module" src="/pickstream.js" integrity="${integrity}" crossorigin="anonymous"></script>
  </head>
  <body>
    <main>
      <h1>A plain page</h1>
      <pickstream-list url="${started.url}" user-id="${userId}" first="8" label="For you" href="/items/{id}" currency="EUR">
        <h2 slot="heading">For you</h2>
        <p slot="loading">On their way …</p>
        <p slot="empty">Nothing to show.</p>
      </pickstream-list>
    </main>
  </body>
</html>`

beforeAll(async () => {
  site = createServer((request, response) => {
    const { origin: api } = new URL(started.url)
    response.setHeader(
      'content-security-policy',
      `default-src 'self'; img-src data:; connect-src ${api} ${api.replace('http', 'ws')}; require-trusted-types-for 'script'`,
    )
    if (request.url === '/pickstream.js') response.setHeader('content-type', 'text/javascript').end(readFileSync(file))
    else response.setHeader('content-type', 'text/html').end(page(request.url!.slice(1)))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  started = await startProcess({
    PICKSTREAM_DATA_DIR: join(folder, 'data'),
    ...emptyShop,
    PICKSTREAM_CORS_ORIGINS: origin,
  })
  execFileSync(process.execPath, ['scripts/cdn.mjs'], { cwd: root })
  integrity = readFileSync(`${file}.integrity`, 'utf8').trim()
  const items = Array.from({ length: 20 }, (_, n) => ({ id: `mug/${n}`, title: `Mug ${n}`, price: 9.5 }))
  await ask('mutation($items: [ItemInput!]!) { putItems(items: $items) { token } }', { items })
  await eventually(async () => (await ask('{ catalog { totalCount } }')).catalog.totalCount === items.length)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await started?.stop()
  site.close()
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
const buy = (userId: string, itemId: string) =>
  ask('mutation($e: EventInput!) { recordEvents(events: [$e]) { token } }', { e: { userId, itemId, type: 'PURCHASE' } })
const eventsOf = async (userId: string): Promise<{ type: string; itemId: string }[]> => {
  const query = 'query($id: ID!) { user(id: $id) { events(first: 100) { edges { node { type itemId } } } } }'
  const { user } = await ask(query, { id: userId })
  return user?.events.edges.map(({ node }: { node: object }) => node) ?? []
}
const shownIds = (on: Page): Promise<(string | null)[]> =>
  on.locator('[part=item]').evaluateAll((all) => all.map((one) => one.getAttribute('data-item')))

async function open(userId: string) {
  const opened = await openPage(browser)
  await opened.page.goto(`${origin}/${userId}`)
  await opened.page.locator('[part=item]').nth(7).waitFor()
  return opened
}

test('the file stays within its budget, and is what its hash says', () => {
  const bytes = readFileSync(file)
  expect(gzipSync(bytes).length).toBeLessThan(18_000)
  expect(integrity).toBe(`sha384-${createHash('sha384').update(bytes).digest('base64')}`)
})

test('shows the list, is accessible, and follows it without a reload', async () => {
  const { page: on, complaints } = await open('ann')
  const list = on.getByRole('region', { name: 'For you' })
  await expect(list.getByRole('listitem').count()).resolves.toBe(8)
  expect(await list.getByRole('link').first().getAttribute('href')).toMatch(/^\/items\/mug%2F\d+$/)
  expect(await list.locator('[part=price]').first().textContent()).toBe('€9.50')
  expect(await on.getByText('On their way').isVisible()).toBe(false)
  expect(await seriousFlaws(on)).toEqual([])
  const [bought] = await shownIds(on)
  await buy('ann', bought!)
  await on.locator(`[data-item="${bought}"]`).waitFor({ state: 'detached' })
  expect(await shownIds(on)).toHaveLength(8)
  expect(complaints).toEqual([])
})

test('nothing moves under the pointer or the focus; a button says how many new items wait', async () => {
  const { page: on } = await open('ben')
  const before = await shownIds(on)
  await on.getByRole('link').nth(2).hover()
  await buy('ben', before[0]!)
  const button = on.getByRole('button', { name: 'Show 1 new item' })
  await button.waitFor()
  expect(await shownIds(on)).toEqual(before)
  await button.click()
  await on.locator(`[data-item="${before[0]}"]`).waitFor({ state: 'detached' })

  await on.mouse.move(1, 1)
  await on.keyboard.press('Tab')
  const held = await shownIds(on)
  await buy('ben', held[0]!)
  await button.waitFor()
  expect(await shownIds(on)).toEqual(held)
})

test('shows the texts that a script sets, also ones set before the element is defined', async () => {
  const { page: on } = await open('fay')
  await on.evaluate(`document.querySelector('pickstream-list').words = {
    label: 'Empfehlungen',
    reason: ({ __typename }) => 'Grund: ' + __typename,
    waiting: (count) => count + ' neue zeigen',
  }`)
  const reasons = await on.locator('[part=reason]').allTextContents()
  expect(reasons).toHaveLength(8)
  expect(reasons.filter((text) => !/^Grund: (PopularNow|NewArrival)$/.test(text))).toEqual([])
  await on.evaluate(`document.querySelector('pickstream-list').removeAttribute('label')`)
  await on.getByRole('region', { name: 'Empfehlungen' }).waitFor()
  const [bought] = await shownIds(on)
  await on.getByRole('link').nth(2).hover()
  await buy('fay', bought!)
  await on.getByRole('button', { name: '1 neue zeigen' }).waitFor()

  await on.evaluate(`(() => {
    const early = document.createElement('pickstream-late')
    early.words = { label: 'Früh' }
    for (const name of ['url', 'user-id']) early.setAttribute(name, document.querySelector('pickstream-list').getAttribute(name))
    document.querySelector('main').append(early)
    customElements.define('pickstream-late', class extends customElements.get('pickstream-list') {})
  })()`)
  await on.getByRole('region', { name: 'Früh' }).waitFor()
})

test('records what was seen and clicked, with the list it was in', async () => {
  const { page: on } = await open('cem')
  await on.evaluate(`addEventListener('click', (event) => event.preventDefault())`)
  const [clicked] = await shownIds(on)
  await eventually(async () => (await eventsOf('cem')).some(({ type }) => type === 'IMPRESSION'))
  await on.locator(`[data-item="${clicked}"]`).getByRole('link').click()
  await eventually(async () =>
    (await eventsOf('cem')).some(({ type, itemId }) => type === 'CLICK' && itemId === clicked),
  )
})

test('another user gets another list; a list that the server refuses is an event', async () => {
  const { page: on } = await open('dan')
  const [bought] = await shownIds(on)
  await buy('eva', bought!)
  await eventually(async () => (await eventsOf('eva')).length > 0)
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('user-id', 'eva')`)
  await on.locator(`[data-item="${bought}"]`).waitFor({ state: 'detached' })
  const code = await on.evaluate(`new Promise((resolve) => {
    addEventListener('pickstream-error', ({ detail }) => resolve(detail.code))
    document.querySelector('pickstream-list').setAttribute('first', '1000')
  })`)
  expect(code).toBe('BAD_USER_INPUT')
})

test('an attribute that changes under the pointer does not hold the list for good', async () => {
  const { page: on } = await open('gus')
  await on.getByRole('link').nth(2).hover()
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('first', '4')`)
  await on.getByRole('button', { name: 'Show the new order' }).waitFor()
  expect(await shownIds(on)).toHaveLength(8)
  await on.mouse.move(1, 1)
  await on.locator('[part=item]').nth(4).waitFor({ state: 'detached' })
  expect(await shownIds(on)).toHaveLength(4)
})

test('the list of another user waits too while the pointer is in it', async () => {
  const { page: on } = await open('hal')
  const [bought] = await shownIds(on)
  await buy('ida', bought!)
  await eventually(async () => (await eventsOf('ida')).length > 0)
  await on.getByRole('link').nth(2).hover()
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('user-id', 'ida')`)
  await on.locator(`[data-item="${bought}"]`).waitFor({ state: 'detached' })
  const before = await shownIds(on)
  await buy('ida', before[0]!)
  await on.getByRole('button', { name: 'Show 1 new item' }).waitFor()
  expect(await shownIds(on)).toEqual(before)
})

test('a currency or a language that is not valid leaves the list as it is, with plain prices', async () => {
  const { page: on, complaints } = await open('jan')
  for (const [lang, currency] of [
    ['de_DE', 'EUR'],
    ['', 'EURO'],
  ]) {
    await on.evaluate(`(() => {
      document.documentElement.lang = '${lang}'
      document.querySelector('pickstream-list').setAttribute('currency', '${currency}')
    })()`)
    expect(await on.locator('[part=price]').first().textContent()).toMatch(
      currency === 'EUR' ? /^(€9\.50|9,50 €)$/ : /^9[.,]50$/,
    )
  }
  expect(complaints).toEqual(['<pickstream-list>: currency: expected a code of ISO 4217 such as EUR, got "EURO"'])
})

test('a list that the server refuses is no longer on its way; without a user nothing is shown', async () => {
  const { page: on, complaints } = await openPage(browser)
  await on.goto(`${origin}/kim`)
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('first', '0')`)
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('user-id', 'lea')`)
  await on.getByText('Nothing to show.').waitFor()
  expect(await on.getByText('On their way').isVisible()).toBe(false)
  // Once or twice: the first of the two users may be gone before the answer.
  expect(new Set(complaints)).toEqual(new Set(['<pickstream-list>: first: expected 1..100, got 0']))
  await on.evaluate(`document.querySelector('pickstream-list').setAttribute('first', '8')`)
  await on.locator('[part=item]').nth(7).waitFor()
  const refused = await on.evaluate(`new Promise((resolve) => {
    addEventListener('pickstream-error', ({ detail }) => resolve(detail.message))
    document.querySelector('pickstream-list').setAttribute('first', 'many')
  })`)
  expect(refused).toBe('first: expected 1..100, got 0')
  await on.evaluate(`document.querySelector('pickstream-list').removeAttribute('user-id')`)
  await on.getByRole('heading', { level: 2 }).waitFor({ state: 'hidden' })
  expect(await on.locator('pickstream-list').innerText()).toBe('')
})
