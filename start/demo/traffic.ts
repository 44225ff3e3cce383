import { seededRandom } from '../../engine/math/random.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import type { DemoWorld, VisitorAction } from './world.ts'

const dayMs = 86_400_000
/** Concurrent visits while the demo runs. */
const visitorsAtOnce = 12

/** Generates the events of the days before `until`, in order of time. Deterministic. */
export function pastTraffic(
  world: DemoWorld,
  seed: number,
  { until, days, events }: { until: number; days: number; events: number },
): readonly EventRecord[] {
  const random = seededRandom(seed)
  const past: { at: number; action: VisitorAction }[] = []
  while (past.length < events) {
    let at = until - dayMs * days * random()
    if (random() > dayCurve(at)) continue
    const visit = world.visit(random)
    for (let next = visit.next(); !next.done; next = visit.next()) {
      at += next.value.pauseS * 1000
      if (at < until) past.push({ at, action: next.value })
    }
  }
  past.sort((a, b) => a.at - b.at)
  return past.map(({ at, action }, n) => toEvent(action, `demo-${n}`, at))
}

/** Endless visits: each call returns the next action of one of the visitors. */
export function liveTraffic(world: DemoWorld, seed: number) {
  const random = seededRandom(seed)
  const begin = () => world.visit(random)
  const visits = Array.from({ length: visitorsAtOnce }, begin)
  return (eventId: string, now: number): EventRecord => {
    for (;;) {
      const turn = Math.floor(random() * visits.length)
      const { value, done } = visits[turn]!.next()
      if (!done) return toEvent(value, eventId, now)
      visits[turn] = begin()
    }
  }
}

/** Relative number of visits at this hour (UTC): fewer at night. */
function dayCurve(at: number): number {
  const hour = (at % dayMs) / 3_600_000
  return 0.55 - 0.45 * Math.cos(((hour - 4) / 12) * Math.PI)
}

const toEvent = ({ pauseS: _, ...action }: VisitorAction, eventId: string, at: number): EventRecord => ({
  v: 1,
  kind: 'event',
  eventId,
  ...action,
  timestamp: new Date(at).toISOString(),
})
