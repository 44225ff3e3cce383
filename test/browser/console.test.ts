import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { topics } from '../../schema/topics.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'
import { launchChromium, moving, type OpenPage, openPage, overflow, seriousFlaws } from './open-page.ts'

let harness: Harness
let browser: Browser
let base: string
let opened: OpenPage
let page: Page
beforeAll(async () => {
  harness = await startWholeSystem({ tracing: { perSecondMax: 100 } })
  await harness.putItems(
    ...['tent', 'mat', 'stove', 'mug'].map((id) => ({
      id,
      title: `The ${id}`,
      categories: ['Camping'],
      tags: ['sale'],
    })),
  )
  base = harness.url.replace('/graphql', '/console/')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await harness?.close()
})

beforeEach(async () => {
  opened = await openPage(browser)
  page = opened.page
})
afterEach(async () => {
  await page.context().close()
  expect(opened.complaints).toEqual([])
})

const open = (query = '') => page.goto(base + query)
const record = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
const visit = (userId: string, itemId: string, eventId?: string) =>
  harness.ask(record, { events: [{ userId, itemId, type: 'VIEW', eventId }] })

describe('flow', () => {
  test('shows every stage, and its numbers move while visitors click', async () => {
    await open()
    const embed = page.getByRole('article', { name: 'embed', exact: true })
    for (const name of ['embed', 'recommend', 'sink', 'learn', 'archive', 'quality', 'experiments', 'catalogue']) {
      await page.getByRole('article', { name, exact: true }).locator('canvas').nth(2).waitFor()
    }
    expect(await embed.locator('[data-measure=rate]').textContent()).toMatch(/^\d/)
    for (let n = 0; n < 5; n++) await visit(`visitor-${n}`, 'tent')
    await embed.locator('[data-measure=rate]', { hasNotText: /^0\.0/ }).waitFor()
    await page.getByRole('heading', { name: 'Trends' }).waitFor()
    await page.getByText('The tent').first().waitFor()
  })

  test('numbers stand still while they are paused', async () => {
    await open()
    const rate = page.getByRole('article', { name: 'archive', exact: true }).locator('[data-measure=rate]')
    await rate.filter({ hasText: /^0\.0/ }).waitFor()
    await page.getByRole('button', { name: 'Pause live numbers' }).click()
    for (let n = 0; n < 5; n++) await visit(`visitor-${n}`, 'mat')
    const processed = async () =>
      (await harness.ask('{ pipeline { stages { name processedPerSecond } } }')).data.pipeline.stages.some(
        (stage: { name: string; processedPerSecond: number }) =>
          stage.name === 'archive' && stage.processedPerSecond > 0,
      )
    await eventually(processed)
    expect(await rate.textContent()).toMatch(/^0\.0/)
    await page.getByRole('button', { name: 'Resume live numbers' }).click()
  })

  test('the simulated shoppers are paused and sped up', async () => {
    const demo = async () => (await harness.ask('{ demo { paused eventsPerSecond } }')).data.demo
    await open()
    await page.getByRole('button', { name: 'Pause simulated shoppers' }).click()
    await eventually(async () => (await demo()).paused)
    await page.getByRole('button', { name: 'Paused simulated shoppers' }).waitFor()
    await page.getByLabel('Events per second of the simulated shoppers').selectOption('30')
    await eventually(async () => (await demo()).eventsPerSecond === 30)
  })

  test('says that it reconnects, and goes on by itself', async () => {
    await open()
    const state = page.getByRole('navigation').getByRole('status')
    await state.filter({ hasText: 'Live' }).waitFor()
    await page.context().setOffline(true)
    await state.filter({ hasText: 'Reconnecting' }).waitFor()
    await page.context().setOffline(false)
    await state.filter({ hasText: 'Live' }).waitFor()
    ;(opened.complaints as string[]).length = 0 // the browser itself reports the broken connection
  })
})

describe('events', () => {
  const span = (name: string) => page.locator(`[data-span=${name}]`)

  test('the click of a visitor is followed through every span to the list it made', async () => {
    const herPage = harness.watch('subscription { recommendationsUpdated(userId: "ada") { revision } }')
    await herPage.message(0)
    await open('?page=events')
    await visit('ada', 'stove', 'click-of-ada')
    await page.getByRole('link', { name: 'click-of-ada' }).click()
    await page.getByRole('heading', { name: 'Trace of this event' }).waitFor()
    for (const name of ['record', 'embed', 'recommend', 'push']) await span(name).waitFor()
    expect(await span('record').textContent()).toContain('0.0 ms')

    await open('?page=visitor&user=ada')
    await page.getByRole('row', { name: /The stove made this list/ }).waitFor()
    await page.getByRole('link', { name: 'click-of-ada' }).waitFor()
    herPage.stop()
  })

  test('a test event is sent and followed to the list that is pushed', async () => {
    await open('?page=events')
    await page.getByLabel('User').fill('tester')
    await page.getByLabel('Item').fill('') // an emptied field stays empty
    await page.getByLabel('Item').pressSequentially('mug')
    expect(await page.getByLabel('Item').inputValue()).toBe('mug')
    await page.getByRole('button', { name: 'Send and trace' }).dblclick()
    await page.getByText('made by this event').waitFor()
    await span('push').waitFor()
    const query =
      '{ recommendations(userId: "tester") { causedByEventId } user(id: "tester") { events(first: 9) { edges { cursor } } } }'
    const { recommendations, user } = (await harness.ask(query)).data
    expect(page.url()).toContain(recommendations.causedByEventId)
    expect(user.events.edges).toHaveLength(1)
  })
})

describe('rules', () => {
  const source = `boosts:
  - { tag: sale, factor: 2 }
pins:
  - { item: gone, position: 1, when: { until: 2020-12-24 } }
experiments:
  - name: spread-of-the-categories
    placement: product-page-below-the-description
    from: 2020-12-01T00:00:00+01:00
    until: 2099-12-24T00:00:00+01:00
    variants: [{ name: control, share: 0.5 }, { name: wide, share: 0.5, rules: { maxCategoryShare: 0.25 } }]
`

  test('a bad rule shows its path, leads to its place and cannot be published', async () => {
    await open('?page=rules')
    const editor = page.getByLabel('Business rules, YAML')
    await editor.fill('exploration: 3\nboosts: [{ tag: sale, factor: -2 }]\n')
    await page.getByText('2 problems').waitFor()
    await page.getByRole('button', { name: 'rules.boosts.0.factor' }).click()
    const chosen = await page.evaluate(
      '(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)',
    )
    expect(chosen).toBe('-2')
    expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
    await editor.fill('exploration: [')
    await page.getByText(/^1 problem/).waitFor()
  })

  test('rules are said in words, looked up in the catalog, and published', async () => {
    await open('?page=rules')
    await page.getByLabel('Business rules, YAML').fill(source)
    await page.getByText('tag sale has its score multiplied by 2').waitFor()
    await page.getByText('4 items').waitFor()
    await page.getByText('not in the catalog').waitFor()
    await page.getByText('ended', { exact: true }).waitFor()
    await page.getByText('on placement product-page-below-the-description').first().waitFor()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('version 1', { exact: true }).waitFor()
    expect((await harness.ask('{ rules { version source } }')).data.rules).toEqual({ version: 1, source })
  })
})

test('a dead letter is shown with its reason, and replayed to where it came from', async () => {
  await harness.log.append(topics.interactions, [{ key: 'eve', value: Buffer.from('{"v":1,"kind":"nonsense"}') }])
  await open('?page=dead')
  await page.getByText('1 dead').or(page.getByRole('checkbox')).first().waitFor()
  const [before] = await harness.log.endOffsets(topics.interactions)
  await page.getByRole('checkbox').first().check()
  await page.getByRole('button', { name: 'Replay 1 selected' }).click()
  await page.getByText('1 replayed.').waitFor()
  const [replayed] = await harness.log.read(topics.interactions, 0, before!, 1)
  expect(Buffer.from(replayed!.value!).toString()).toBe('{"v":1,"kind":"nonsense"}')
  // It is no better than before: its stage gives it back, as a second letter.
  await page.getByRole('checkbox').nth(1).waitFor()
})

test('a retraining says what came of it', async () => {
  await open('?page=models')
  await page.getByText('No model yet').waitFor()
  await page.getByRole('button', { name: 'Retrain' }).click()
  await page.getByText(/Nothing was published: |serves everywhere/).waitFor()
})

describe.each([
  { name: 'desktop', options: {} },
  { name: 'desktop, dark', options: { colorScheme: 'dark' as const } },
  { name: 'phone', options: { viewport: { width: 360, height: 760 }, hasTouch: true, isMobile: true } },
])('on a $name', ({ options }) => {
  test('every page is accessible and fits', async () => {
    await page.context().close()
    opened = await openPage(browser, { ...options, reducedMotion: 'reduce' })
    page = opened.page
    for (const query of ['', '?page=events', '?page=visitor&user=ada', '?page=models', '?page=rules', '?page=dead']) {
      await open(query)
      await page.getByText('Loading').first().waitFor({ state: 'detached' })
      await page.getByRole('navigation').getByText('Live', { exact: true }).waitFor()
      expect(await seriousFlaws(page), query).toEqual([])
      expect(await overflow(page), query).toBe(0)
      expect(await moving(page), query).toBe(0)
    }
  })
})
