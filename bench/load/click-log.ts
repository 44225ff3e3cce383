import { seededRandom } from '../../engine/math/random.ts'
import { readEvents } from '../../tools/import/reader.ts'
import type { EventInput } from '../../tools/import/to-input.ts'

/** A log of events in the order in which it is sent. */
export interface ClickLog {
  readonly events: readonly EventInput[]
  readonly itemIds: readonly string[]
  readonly users: number
}

/** The size of the log that the published figures were measured with, at scale 1. */
const full = { events: 116_285, users: 24_385, items: 18_009 }
const itemsPerCategory = 30
/** Share of a session's clicks that leave its category. */
const strayShare = 0.2
const secondsBetweenClicks = 40
const days = 7

/**
 * Generates clicks in sessions: one visitor each, geometric length, one category with Zipf popularity of its items. Sessions
 * begin evenly over a week and overlap. Equal `scale` gives an equal log.
 * @param scale share of 116,285 clicks of 24,385 users on 18,009 items, above 0
 * @param endsAt the time of the newest click, ms
 */
export function generateClicks(scale: number, endsAt: number): ClickLog {
  const random = seededRandom(1)
  const [events, users, items] = [full.events, full.users, full.items].map((n) => Math.max(10, Math.round(n * scale)))
  const categories = Math.max(1, Math.ceil(items! / itemsPerCategory))
  const meanLength = events! / users!
  const begin = endsAt - days * 86_400_000
  const clicks: { at: number; event: Omit<EventInput, 'eventId' | 'timestamp'> }[] = []
  for (let user = 0; clicks.length < events!; user = (user + 1) % users!) {
    const category = Math.floor(random() ** 2 * categories)
    let at = begin + random() * (endsAt - begin)
    do {
      const from = random() < strayShare ? Math.floor(random() * categories) : category
      const item = Math.floor(random() ** 3 * itemsPerCategory) * categories + from
      clicks.push({ at, event: { userId: `user-${user}`, itemId: `item-${item % items!}`, type: 'CLICK' } })
      at += -Math.log(1 - random()) * secondsBetweenClicks * 1000
    } while (random() > 1 / meanLength && clicks.length < events!)
  }
  clicks.sort((a, b) => a.at - b.at)
  return {
    events: clicks.map(({ at, event }, n) => {
      return { eventId: `click-${n}`, ...event, timestamp: new Date(Math.min(at, endsAt)).toISOString() }
    }),
    itemIds: Array.from({ length: items! }, (_, n) => `item-${n}`),
    users: users!,
  }
}

/**
 * Reads a log as `npm run import` does: the same columns, types and event ids; rows it would report as bad are left out.
 * @param eventsMax the oldest rows up to this many
 * @throws FileError where the file cannot be read
 */
export async function readClicks(file: string, eventsMax: number): Promise<ClickLog> {
  const events: EventInput[] = []
  for await (const outcome of readEvents(file).outcomes) {
    if ('input' in outcome) events.push(outcome.input)
    if (events.length >= eventsMax) break
  }
  const users = new Set(events.map(({ userId }) => userId)).size
  return { events, itemIds: [...new Set(events.map(({ itemId }) => itemId))], users }
}
