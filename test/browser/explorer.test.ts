import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examples } from '../../explorer/src/examples.ts'
import type { Harness } from '../support/server-harness.ts'
import { startWholeSystem } from '../support/whole-system.ts'
import { launchChromium, openPage } from './open-page.ts'

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'))

let harness: Harness
let browser: Browser
beforeAll(async () => {
  harness = await startWholeSystem()
  await harness.putItems({ id: 'lamp', title: 'Head lamp' }, { id: 'tent', title: 'Two-person tent' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await harness?.close()
})

test.each(examples)('the example %s is valid', (query) => {
  expect(validate(schema, parse(query))).toEqual([])
})

test('loads from the server alone under its policy, and runs a query, a mutation and a subscription', async () => {
  const { page, complaints } = await openPage(browser)
  const { origin } = new URL(harness.url)
  const foreign: string[] = []
  await page.route('**/*', async (route) => {
    if (new URL(route.request().url()).origin === origin) return route.continue()
    foreign.push(route.request().url())
    return route.abort()
  })
  const response = await page.goto(harness.url)
  expect(response?.headers()['content-security-policy']).toContain("script-src 'self'")
  const run = page.getByRole('button', { name: /^Execute query/ })
  const answer = page.locator('.result-window')
  const shows = (text: string) => page.locator('.graphiql-query-editor').getByText(text).first().waitFor()
  /** GraphiQL notes the name of a tab's operation a moment after it is opened: a run before that is refused. */
  const runTab = async (name: string, query: string, result: string) => {
    await page.getByRole('tab', { name }).click()
    await shows(query)
    const isShown = async () => {
      if ((await answer.getByText(result).count()) > 0) return true
      if ((await run.count()) > 0) await run.click()
      return false
    }
    await expect.poll(isShown, { interval: 1_000 }).toBe(true)
  }
  await shows('personalized')
  await run.click()
  await answer
    .getByText(/Head\slamp/)
    .first()
    .waitFor()

  await runTab('Watch', 'recommendationsUpdated', 'causedByEventId')
  await answer.getByText('null').first().waitFor()
  const record =
    'mutation { recordEvents(events: [{ eventId: "seen-1", userId: "ada", itemId: "tent", type: VIEW }]) { token } }'
  await harness.ask(record)
  await answer.getByText('seen-1').waitFor()
  await page.getByRole('button', { name: /^Stop query/ }).click()

  await runTab('Record', 'recordEvents', 'accepted')
  expect(foreign).toEqual([])
  // A run that was refused is told in the console, too.
  const ofRefused = ['400 (Bad Request)', 'Array(1)']
  expect(complaints.filter((text) => !ofRefused.some((one) => text.includes(one)))).toEqual([])
  await page.context().close()
})
