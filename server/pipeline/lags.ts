import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { repeat } from '../../platform/repeat.ts'
import { messageOf } from '../../schema/app-error.ts'

interface Deps {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
}

const everyMs = 1_000

/**
 * Number of records that wait for each stage: from the committed offset of its group to the end of its topic. Read from
 * the log once a second, not from the workers, so that a stage's lag also rises while no worker runs it.
 */
export class Lags {
  private readonly topicOf = new Map<string, string>()
  private readonly waiting = new Map<string, number>()

  constructor(private readonly deps: Deps) {}

  /** A stage reads this topic, in the group of its name. */
  note(stage: string, topic: string): void {
    this.topicOf.set(stage, topic)
  }

  /** undefined: the stage reads a topic, but the log has not been read yet. */
  of(stage: string): number | undefined {
    return this.topicOf.has(stage) ? this.waiting.get(stage) : 0
  }

  /** The lags that have been measured. */
  stages(): Iterable<string> {
    return this.waiting.keys()
  }

  keepMeasuring(): { stop(): Promise<void> } {
    const { clock, logger } = this.deps
    const onError = (error: unknown) => logger.debug({ reason: messageOf(error) }, 'a lag could not be measured')
    const measureAll = async () => {
      await Promise.all([...this.topicOf].map((known) => this.measure(known).catch(onError)))
    }
    return repeat({ clock, everyMs, startsAtOnce: true, round: measureAll, onError })
  }

  private async measure([stage, topic]: readonly [string, string]): Promise<void> {
    const { log } = this.deps
    const committed = await log.committedOffsets(stage, topic) // first, so that records in between count as waiting
    const ends = await log.endOffsets(topic)
    this.waiting.set(
      stage,
      ends.reduce((sum, end, partition) => sum + Math.max(0, end - (committed[partition] ?? 0)), 0),
    )
  }
}
