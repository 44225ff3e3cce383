import { type Logger, pino } from 'pino'
import { expect } from 'vitest'
import type { EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { allTables } from '../../schema/tables.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'

/** Nothing else has this in it. */
export const mark = '51f7c0de'
const user = `gudrun-${mark}`
const guest = `guest-${mark}`

interface Shop {
  readonly harness: Harness
  /** All that was logged, at every level. */
  logged(): string
  close(): Promise<void>
}

/** A server and all stages on a platform, with a log that is kept. */
export async function openShop(platform: { log: EventLog; store: Store }): Promise<Shop> {
  let logged = ''
  const logger: Logger = pino({ level: 'trace' }, { write: (line) => (logged += line) })
  const harness = await startWholeSystem({ platform, logger })
  await harness.putItems(...Array.from({ length: 8 }, (_, n) => ({ id: `item-${n}`, categories: ['c'] })))
  return { harness, logged: () => logged, close: () => harness.close() }
}

/** A visitor who did all that leaves something behind: as a guest and logged in, often enough to fill every table. */
export async function live({ ask, log, store }: Harness): Promise<void> {
  const event = (userId: string, n: number, type: string) => ({
    userId,
    eventId: `${userId === guest ? 'g' : 'e'}-${n}`,
    itemId: `item-${n % 8}`,
    type,
  })
  const record = (events: object[]) =>
    ask('mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }', { events })
  await record([event(guest, 1, 'CART')])
  await ask(`mutation { identify(guestId: "${guest}", userId: "${user}") { token } }`)
  await record(Array.from({ length: 300 }, (_, n) => event(user, n, 'VIEW')))
  await record([{ ...event(user, 900, 'PURCHASE'), recommendationId: (await listOf({ ask })).id }])
  await ask(`mutation { undoEvents(userId: "${user}", eventIds: ["e-7"]) { token } }`)
  await log.append(topics.interactions, [{ key: user, value: Buffer.from(`{"userId":"${user}"`) }])
  await ask('mutation { retrain { published } }')
  await eventually(async () => (await placesOf({ log, store })).length >= 10)
}

export const listOf = async ({ ask }: Pick<Harness, 'ask'>, after?: string) => {
  const query = `query($after: String) {
    recommendations(userId: "${user}", after: $after, timeoutMs: 30000) { id personalized revision }
  }`
  return (await ask(query, { after })).data.recommendations
}

/** Erases, and waits until the token says that it is done. */
export async function forget(harness: Harness): Promise<void> {
  const watcher = harness.watch(`subscription { recommendationsUpdated(userId: "${user}") { personalized } }`)
  expect((await watcher.message(0)).data.recommendationsUpdated.personalized).toBe(true)
  const { data } = await harness.ask(`mutation { forgetUser(userId: "${user}") { token } }`)
  expect((await listOf(harness, data.forgetUser.token)).personalized).toBe(false)
  await eventually(() => watcher.received.at(-1)?.data.recommendationsUpdated.personalized === false)
  watcher.stop()
}

/** What operators and clients can ask for. */
export async function answersAbout(harness: Harness): Promise<string> {
  const metrics = await (await fetch(new URL('/metrics', harness.url))).text()
  const operators = `{
    pipeline { stages { name } model { version } } quality { scored } models { version } rules { source }
    experiments { name } eventTraces(first: 100) { spans { name } }
  }`
  const { data } = await harness.ask(operators)
  const { data: of } = await harness.ask(`{ user(id: "${user}") { events { edges { cursor } } } }`)
  expect(of.user).toBeNull()
  return metrics + JSON.stringify(data)
}

/** docs/security.md: until their retention. */
export const untilRetention = [
  'topic history',
  'topic interactions',
  'topic interactions.backfill',
  'topic interactions.dead-letter',
  'topic outcomes',
]

/** Where a user with a history is, in the order of placesOf(). */
export const placesOfVisitor = [
  'table event_ids',
  'table events_by_user',
  'table lists_by_user',
  'table user_states',
  ...untilRetention,
  'topic lists',
  'topic user-vectors',
].sort()

/** `table NAME` and `topic NAME` of every place that still has the mark: in a key, a value or a header. */
export async function placesOf({ log, store }: { log: EventLog; store: Store }): Promise<string[]> {
  const places: string[] = []
  for (const table of allTables) {
    for await (const rows of store.scan(table)) {
      if (rows.some(({ partition, value }) => partition.includes(mark) || has(value)))
        places.push(`table ${table.name}`)
    }
  }
  for (const { name } of topicSpecs(1)) {
    if ((await recordsWithMark(log, name)).length > 0) places.push(`topic ${name}`)
  }
  return [...new Set(places)].sort()
}

export async function recordsWithMark(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const records = await log.read(topic, 0, 0, 100_000)
  return records.filter(({ key, value, headers }) => key.includes(mark) || has(value) || has(JSON.stringify(headers)))
}

const has = (bytes: Uint8Array | string | null): boolean => bytes !== null && Buffer.from(bytes).includes(mark)

/** Somebody else goes on. */
export async function stirTopics({ ask }: Harness): Promise<void> {
  await ask('mutation { recordEvents(events: [{ userId: "other", itemId: "item-1", type: VIEW }]) { token } }')
}
