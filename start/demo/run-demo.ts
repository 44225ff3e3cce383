import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, LogRecord } from '../../platform/ports/event-log.ts'
import { type DemoProgress, demoProgressKey, encodeDemoProgress } from '../../schema/records/demo.ts'
import { originHeaders } from '../../schema/records/headers.ts'
import { type EventRecord, encodeInteraction } from '../../schema/records/interaction.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import { followControl } from './control.ts'
import { mediaWorld } from './media.ts'
import { shopWorld } from './shoppers.ts'
import { liveTraffic, pastTraffic } from './traffic.ts'

const seed = 20_25
const pastDays = 7
const worlds = { shop: shopWorld, media: mediaWorld } as const
const chunkEvents = 100
/** The past is appended only while fewer events wait before the first stage, so that live events are not delayed. */
const waitingMax = 50
const tickMs = 250

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly name: keyof typeof worlds
}

export interface Demo {
  /** Resolves once the items and their past events are in the log. */
  readonly opened: Promise<void>
  stop(): Promise<void>
}

/**
 * Runs a shop, or a media site, with simulated visitors. It writes to the public topics, as any other service may:
 * first the catalog and past events of some days, paced so that live visitors are not delayed, then live events until
 * it is stopped (DemoControl sets their rate).
 */
export async function startDemo({ log, clock, logger, name }: Parts): Promise<Demo> {
  const ending = new AbortController()
  const control = await followControl(log, name)
  let progress: DemoProgress = control.progress() ?? {
    openedAt: clock.now(),
    itemsLoaded: false,
    pastEvents: 0,
    pastEventsTotal: 0,
  }
  const world = worlds[name](seed, progress.openedAt)
  if (progress.pastEventsTotal === 0) progress = { ...progress, pastEventsTotal: world.pastEvents }

  /** Resolves to true once durable, or to false if the demo was stopped before. */
  const append = async (topic: string, records: readonly LogRecord[]): Promise<boolean> => {
    while (!ending.signal.aborted) {
      try {
        await log.append(topic, records)
        return true
      } catch (error) {
        logger.warn({ err: error }, 'the demo could not append records; retrying')
        await clock.sleep(1000, ending.signal)
      }
    }
    return false
  }

  const advance = async (to: Partial<DemoProgress>) => {
    progress = { ...progress, ...to }
    await append(topics.demoControl, [{ key: demoProgressKey(name), value: encodeDemoProgress(progress) }])
  }

  const open = async () => {
    if (!progress.itemsLoaded) {
      await advance({})
      const items = world.items.map((item) => ({ key: item.id, value: encodeItem(item) }))
      if (await append(topics.items, items)) await advance({ itemsLoaded: true })
    }
    if (progress.pastEvents >= progress.pastEventsTotal) return
    const { openedAt: until, pastEventsTotal } = progress
    const events = pastTraffic(world, seed, { until, days: pastDays, events: pastEventsTotal })
    const isHeldBack = async () => control.current().paused || (await waiting(log)) > waitingMax
    while (progress.pastEvents < pastEventsTotal) {
      while (!ending.signal.aborted && (await isHeldBack())) await clock.sleep(20, ending.signal)
      if (ending.signal.aborted) return
      const chunk = events.slice(progress.pastEvents, Math.min(progress.pastEvents + chunkEvents, pastEventsTotal))
      if (!(await append(topics.interactions, chunk.map(toRecord)))) return
      await advance({ pastEvents: progress.pastEvents + chunk.length })
    }
  }

  const live = async () => {
    const startedAt = clock.now()
    const next = liveTraffic(world, startedAt)
    let due = 0
    for (let n = 0; !ending.signal.aborted; ) {
      await clock.sleep(tickMs, ending.signal)
      const { paused, eventsPerSecond } = control.current()
      due = paused ? 0 : due + (eventsPerSecond * tickMs) / 1000
      const count = Math.floor(due)
      if (count === 0 || ending.signal.aborted) continue
      due -= count
      const now = clock.now()
      const events = Array.from({ length: count }, () => next(`demo-live-${startedAt}-${n++}`, now))
      const headers = originHeaders(now)
      await append(
        topics.interactions,
        events.map((event) => ({ ...toRecord(event), headers })),
      )
    }
  }

  const opened = open().catch((error: unknown) => logger.error({ err: error }, 'the demo could not start'))
  const done = opened.then(live).catch((error: unknown) => logger.error({ err: error }, 'the demo ended with an error'))
  return {
    opened,
    async stop() {
      ending.abort()
      await done
      await control.stop()
    },
  }
}

const toRecord = (event: EventRecord): LogRecord => ({ key: event.userId, value: encodeInteraction(event) })

async function waiting(log: EventLog): Promise<number> {
  const [ends, committed] = await Promise.all([
    log.endOffsets(topics.interactions),
    log.committedOffsets('embed', topics.interactions),
  ])
  return ends.reduce((sum, end, partition) => sum + Math.max(0, end - (committed[partition] ?? 0)), 0)
}
