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

/** Age above which a measured lag is no longer known. */
const measuredMsMax = 10_000

interface Measured {
  readonly topic: string
  readonly at: number
  /** undefined: not measured yet */
  readonly records: number | undefined
}

/**
 * Number of records that wait for each stage: from the committed offset of its group to the end of its topic. Read from
 * the log once a second, not from the workers, so that a stage's lag also rises while no worker runs it.
 */
export class Lags {
  private readonly measured = new Map<string, Measured>()
  private readonly inProgress = new Set<string>()

  constructor(private readonly deps: Deps) {}

  /** A stage reads this topic, in the group of its name. */
  note(stage: string, topic: string): void {
    if (this.measured.get(stage)?.topic === topic) return
    this.measured.set(stage, { topic, at: this.deps.clock.now(), records: undefined })
  }

  /** undefined: the stage reads a topic, but its lag could not be measured in the last 10 seconds. */
  of(stage: string): number | undefined {
    const found = this.measured.get(stage)
    if (found === undefined) return 0
    return this.isRecent(found) ? found.records : undefined
  }

  /** The stages that read a topic. */
  stages(): Iterable<string> {
    return this.measured.keys()
  }

  /** False while the log does not tell the lag of any stage. True until a stage has reported. */
  isMeasured(): boolean {
    const all = [...this.measured.values()]
    return all.length === 0 || all.some((found) => this.isRecent(found))
  }

  keepMeasuring(): { stop(): Promise<void> } {
    const { clock, logger } = this.deps
    const onError = (error: unknown) => logger.debug({ reason: messageOf(error) }, 'a lag could not be measured')
    // Each by itself: the log may take long to answer for one of them.
    const measureAll = async () => {
      for (const stage of this.measured.keys()) void this.measure(stage).catch(onError)
    }
    return repeat({ clock, everyMs, startsAtOnce: true, round: measureAll, onError })
  }

  private isRecent({ at }: Measured): boolean {
    return this.deps.clock.now() - at <= measuredMsMax
  }

  private async measure(stage: string): Promise<void> {
    const { topic } = this.measured.get(stage)!
    if (this.inProgress.has(stage)) return
    this.inProgress.add(stage)
    try {
      const records = await this.recordsBehind(stage, topic)
      if (this.measured.get(stage)?.topic === topic)
        this.measured.set(stage, { topic, at: this.deps.clock.now(), records })
    } finally {
      this.inProgress.delete(stage)
    }
  }

  private async recordsBehind(stage: string, topic: string): Promise<number> {
    const { log } = this.deps
    const committed = await log.committedOffsets(stage, topic) // first, so that records in between count as waiting
    const ends = await log.endOffsets(topic)
    return ends.reduce((sum, end, partition) => sum + Math.max(0, end - (committed[partition] ?? 0)), 0)
  }
}
