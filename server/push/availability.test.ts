import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../platform/ports/clock.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

/** Windows begin and end on open pages and in every query, while no event and no change of the catalog happens. */

const hourMs = 3_600_000
let aheadMs = 0
const clock = { now: () => Date.now() + aheadMs, sleep: systemClock.sleep }
const iso = (fromNowMs: number) => new Date(clock.now() + fromNowMs).toISOString()

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ clock })
})
afterAll(() => harness.close())

const idsIn = (picks: { item: { id: string } }[]) => picks.map(({ item }) => item.id)
const shown = ({ data }: Answer) => idsIn((data.recommendationsUpdated ?? data.recommendations).picks)
const fields = '{ picks { item { id } } }'

test('an item appears at availableFrom and leaves at availableUntil, also on the open page', async () => {
  await harness.putItems(
    { id: 'ends', availableUntil: iso(hourMs) },
    { id: 'stays' },
    { id: 'begins', availableFrom: iso(2 * hourMs) },
  )
  await harness.publishList('ada', aList({ unseen: ranked('begins', 'ends', 'stays') }))
  const watcher = harness.watch(`subscription { recommendationsUpdated(userId: "ada", first: 3) ${fields} }`)
  expect(shown(await watcher.message(0))).toEqual(['ends', 'stays'])
  aheadMs = hourMs
  expect(shown(await watcher.message(1))).toEqual(['stays'])
  aheadMs = 2 * hourMs
  expect(shown(await watcher.message(2))).toEqual(['begins', 'stays'])
  watcher.stop()
})

test('every list has what is available now, and nothing else', async () => {
  aheadMs = 3 * hourMs
  await harness.putItems({ id: 'asked' }, { id: 'passing', availableFrom: iso(-1), availableUntil: iso(hourMs) })
  const query = `{
    recommendations(userId: "new") ${fields}
    sessionRecommendations(events: [{ itemId: "asked" }]) ${fields}
    similarItems(itemId: "asked") { item { id } }
    boughtTogether(itemIds: ["asked"]) { item { id } }
    trending { item { id } }
    catalog { edges { node { id } } }
    item(id: "passing") { available }
  }`
  const lists = async () => {
    const { data } = await harness.ask(query)
    // The item itself stays readable, and says what the shop said of it.
    expect(data.item).toEqual({ available: true })
    const { recommendations, sessionRecommendations, similarItems, boughtTogether, trending, catalog } = data
    const inCatalog = catalog.edges.map(({ node }: { node: { id: string } }) => node.id)
    const picks = [recommendations.picks, sessionRecommendations.picks, similarItems, boughtTogether, trending]
    return [...picks.map(idsIn), inCatalog].map((ids) => ids.includes('passing'))
  }
  expect(await lists()).toEqual([true, true, true, true, true, true])
  const watcher = harness.watch('subscription { trendingUpdated(window: DAY) { item { id } } }')
  expect(idsIn((await watcher.message(0)).data.trendingUpdated)).toContain('passing')
  aheadMs = 4 * hourMs + 1
  expect(idsIn((await watcher.message(1)).data.trendingUpdated)).not.toContain('passing')
  expect(await lists()).toEqual([false, false, false, false, false, false])
  watcher.stop()
})
