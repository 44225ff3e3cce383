import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { emptyProfile } from '../../engine/user/profile.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { type Clock, systemClock } from '../../platform/ports/clock.ts'
import { packIgnored } from '../../schema/records/attention.ts'
import { packTouched } from '../../schema/records/touched.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

/** What comes back on open pages because time passes, while no event happens: at the end of a rest, or of what counts as seen. */

const hourMs = 3_600_000
/** Longer sleeps end when the test says so. */
const realSleepMsMax = 600_000

let aheadMs = 0
let sleeping: { readonly at: number; readonly wake: () => void }[] = []
const clock: Clock = {
  now: () => Date.now() + aheadMs,
  sleep: (ms, signal) => {
    if (ms <= realSleepMsMax) return systemClock.sleep(ms, signal)
    return new Promise((resolve) => {
      const sleeper = { at: clock.now() + ms, wake: resolve }
      sleeping.push(sleeper)
      signal?.addEventListener('abort', () => {
        sleeping = sleeping.filter((one) => one !== sleeper)
        resolve()
      })
    })
  },
}

function pass(ms: number): void {
  aheadMs += ms
  const due = sleeping.filter(({ at }) => at <= clock.now() + 1_000)
  sleeping = sleeping.filter((one) => !due.includes(one))
  for (const { wake } of due) wake()
}

const ids = ['tent', 'rope', 'mat', 'pot', 'map', 'cup']
let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ clock })
  await harness.putItems(...ids.map((id) => ({ id, categories: [] })))
})
afterEach(() => harness.putRules(''))
afterAll(() => harness.close())

const hoursAgo = (hours: number) => Math.floor((clock.now() - hours * hourMs) / 1000)
const shown = (itemId: string, ...hours: number[]) => ({
  itemId,
  shownAt: hours.map(hoursAgo),
  listHash: 1,
  reactedAt: 0,
})

function touched(...views: readonly [itemId: string, hours: number][]) {
  const history = views.map(([itemId, hours], seq) => {
    const event = { seq, eventId: String(seq), itemId, value: null, quantity: 1 }
    return { ...event, type: 'VIEW' as const, timestamp: hoursAgo(hours) * 1000 }
  })
  return packTouched(toSnapshot({ ...emptyProfile('u'), history }))
}

const shownIds = ({ data }: Answer): string[] => {
  const picks = data.recommendationsUpdated?.picks ?? data.homeUpdated.rows[0]?.picks ?? []
  return picks.map(({ item }: { item: { id: string } }) => item.id)
}

const operations = {
  list: 'subscription ($u: ID!) { recommendationsUpdated(userId: $u) { picks { item { id } } } }',
  page: 'subscription ($u: ID!) { homeUpdated(userId: $u, rows: 1) { id rows { picks { item { id } } } } }',
}

test.each(Object.entries(operations))(
  'an item at rest comes back on an open %s when its rest ends',
  async (name, operation) => {
    await harness.putRules('fatigue: { after: 2, within: 5h, factor: 0 }')
    const ignored = packIgnored([shown('tent', 3, 2), shown('rope', 3, 1), shown('mat', 1), shown('pot', 9, 8)])
    await harness.publishList(name, aList({ unseen: ranked(...ids), ignored }))
    const before = sleeping.length
    const watcher = harness.watch(operation, { u: name })
    expect(shownIds(await watcher.message(0))).toEqual(['mat', 'pot', 'map', 'cup'])
    expect(sleeping.length).toBe(before + 1)
    pass(2 * hourMs)
    expect(shownIds(await watcher.message(1))).toEqual(ids)
    expect([watcher.received.length, sleeping.length]).toEqual([2, before])
    watcher.stop()
  },
)

test('each item comes back at its own time, and to its place where the rule lowers it', async () => {
  await harness.putRules('fatigue: { after: 1, within: 5h, factor: 0.01 }')
  const ignored = packIgnored([shown('tent', 3), shown('rope', 1)])
  await harness.publishList('ann', aList({ unseen: ranked(...ids), ignored }))
  const watcher = harness.watch(operations.list, { u: 'ann' })
  expect(shownIds(await watcher.message(0)).slice(-2)).toEqual(['tent', 'rope'])
  pass(2 * hourMs)
  const second = shownIds(await watcher.message(1))
  expect([second[0], second.at(-1)]).toEqual(['tent', 'rope'])
  pass(2 * hourMs)
  expect(shownIds(await watcher.message(2))).toEqual(ids)
  watcher.stop()
})

test.each(Object.entries(operations))(
  'an item that no longer counts as seen comes back on an open %s',
  async (name, operation) => {
    await harness.putRules('seen: { VIEW: 5h }')
    const user = `seen-${name}`
    await harness.publishList(user, aList({ unseen: ranked(...ids), touched: touched(['rope', 9], ['tent', 3]) }))
    const watcher = harness.watch(operation, { u: user })
    expect(shownIds(await watcher.message(0))).toEqual(ids.slice(1))
    pass(2 * hourMs)
    expect(shownIds(await watcher.message(1))).toEqual(ids)
    watcher.stop()
  },
)

test('rules that change what rests change when it comes back', async () => {
  await harness.publishList('bob', aList({ unseen: ranked(...ids), ignored: packIgnored([shown('tent', 3)]) }))
  const before = sleeping.length
  const watcher = harness.watch(operations.list, { u: 'bob' })
  expect(shownIds(await watcher.message(0))).toEqual(ids)
  expect(sleeping.length).toBe(before)
  await harness.putRules('fatigue: { after: 1, within: 9h, factor: 0 }')
  expect(shownIds(await watcher.message(1))).toEqual(ids.slice(1))
  await harness.putRules('fatigue: { after: 1, within: 4h, factor: 0 }')
  pass(hourMs)
  expect(shownIds(await watcher.message(2))).toEqual(ids)
  watcher.stop()
})

test('a page that is closed leaves no timer behind', async () => {
  await harness.putRules('fatigue: { after: 1, within: 5h, factor: 0 }')
  await harness.publishList('cid', aList({ unseen: ranked(...ids), ignored: packIgnored([shown('tent', 3)]) }))
  const before = sleeping.length
  const watchers = Object.values(operations).map((operation) => harness.watch(operation, { u: 'cid' }))
  for (const watcher of watchers) await watcher.message(0)
  expect(sleeping.length).toBe(before + 2)
  for (const watcher of watchers) watcher.stop()
  while (sleeping.length > before) await new Promise((resolve) => setTimeout(resolve, 5))
})
