import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { encodeCommand } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import type { ServingView } from './serving.ts'

const everyMs = 5000
/** A first model as soon as there is something to learn from; later ones by configuration. */
const firstEvents = 2000

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  readonly config: Pick<Config, 'TRAIN_EVENTS' | 'TRAIN_MINUTES'>
  readonly logger: Logger
  readonly serving: ServingView
}

/**
 * Orders a training after so many new events, and at the latest after so long when there were any. Every process that
 * runs the train stage keeps this schedule; orders of one occasion have one id, and the trainer carries it out once.
 */
export function startSchedule({ log, clock, config, logger, serving }: Parts): { stop(): Promise<void> } {
  const ending = new AbortController()
  let base = serving.current()?.events ?? 0
  let since = clock.now()
  let version = serving.current()?.version ?? 0

  /** The id of the order that is due, if one is. */
  const due = async (): Promise<string | undefined> => {
    const events = (await log.endOffsets(topics.history)).reduce((sum, end) => sum + end, 0)
    const current = serving.current()
    if (current !== undefined && current.version !== version) {
      version = current.version
      base = Math.max(base, current.events)
      since = clock.now()
    }
    const fresh = events - base
    const enough = version === 0 ? Math.min(firstEvents, config.TRAIN_EVENTS) : config.TRAIN_EVENTS
    const byEvents = config.TRAIN_EVENTS > 0 && fresh >= enough
    const byTime = config.TRAIN_MINUTES > 0 && fresh > 0 && clock.now() - since >= config.TRAIN_MINUTES * 60_000
    if (!byEvents && !byTime) return undefined
    base = events
    since = clock.now()
    return byEvents
      ? `auto/${version + 1}/${Math.floor(events / enough)} events`
      : `auto/${version + 1}/${Math.floor(since / (config.TRAIN_MINUTES * 60_000))} h`
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      await clock.sleep(everyMs, ending.signal)
      if (ending.signal.aborted) return
      try {
        const id = await due()
        if (id === undefined) continue
        await log.append(topics.commands, [{ key: 'retrain', value: encodeCommand({ kind: 'retrain', id }) }])
      } catch (error) {
        logger.warn({ err: error }, 'the training schedule could not be kept')
      }
    }
  }

  const done = run()
  return {
    stop: async () => {
      ending.abort()
      await done
    },
  }
}
