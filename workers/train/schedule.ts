import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { repeat } from '../../platform/repeat.ts'
import { automaticId, encodeCommand } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import { idleMs, retrainReason } from './retrain-reason.ts'
import type { ServingView } from './serving.ts'

const everyMs = 5000
const looksKept = idleMs / everyMs

interface Parts {
  readonly log: Pick<EventLog, 'append' | 'endOffsets'>
  readonly clock: Clock
  readonly config: Pick<Config, 'TRAIN_EVENTS' | 'TRAIN_MINUTES'>
  readonly logger: Logger
  readonly serving: Pick<ServingView, 'current' | 'isDone'>
}

/**
 * Orders a training when one is due, one at a time. Every process that runs the train stage has a schedule; of several
 * orders for one version, the trainer executes one.
 */
export function startSchedule({ log, clock, config, logger, serving }: Parts): { stop(): Promise<void> } {
  let trainedEvents = serving.current()?.events ?? 0
  let since = clock.now()
  let trainedAt = since
  let version = serving.current()?.version ?? 0
  let ordered: { readonly id: string; readonly at: number } | undefined
  let trainingMs = 0
  const looks: number[] = []

  const look = async (): Promise<void> => {
    const events = (await log.endOffsets(topics.history)).reduce((sum, end) => sum + end, 0)
    looks.push(events)
    if (looks.length > looksKept + 1) looks.shift()
    const current = serving.current()
    if (current !== undefined && current.version !== version) {
      version = current.version
      if (current.events > trainedEvents) [trainedEvents, trainedAt] = [current.events, clock.now()]
      since = clock.now()
    }
    const now = clock.now()
    if (ordered !== undefined) {
      if (!serving.isDone(ordered.id)) return
      trainingMs = now - ordered.at
      ordered = undefined
    }
    // It is unknown when events from before the first poll came.
    const recentEvents = events - looks[0]!
    const [freshMs, elapsedMs] = [now - trainedAt, now - since]
    const because = retrainReason({ events, trainedEvents, recentEvents, freshMs, elapsedMs, trainingMs }, config)
    if (because === undefined) return
    const id = automaticId(version + 1, `${events} events`)
    logger.info({ events, because }, 'training ordered')
    await log.append(topics.commands, [{ key: 'retrain', value: encodeCommand({ kind: 'retrain', id }) }])
    trainedEvents = events
    since = trainedAt = now
    ordered = { id, at: now }
  }

  const onError = (error: unknown) =>
    logger.warn({ err: error }, 'the training schedule could not be checked; retrying')
  return repeat({ clock, everyMs, round: look, onError })
}
