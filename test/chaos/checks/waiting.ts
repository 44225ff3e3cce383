import type { EventLog } from '../../../platform/ports/event-log.ts'
import { type TopicName, topics } from '../../../schema/topics.ts'

const groups = {
  embed: topics.interactions,
  learn: topics.sideDeltas,
  recommend: topics.userVectors,
  sink: topics.picks,
  archive: topics.history,
} as const satisfies Record<string, TopicName>

/** The stages that an event goes through on its way to a list and into the archive. */
export type StageOnTheWay = keyof typeof groups

/** How many records each of these stages has not committed yet, as the log says. */
export async function recordsWaiting(log: EventLog, stages: readonly StageOnTheWay[]): Promise<Map<string, number>> {
  const waiting = await Promise.all(
    stages.map(async (stage) => {
      const [done, ends] = await Promise.all([
        log.committedOffsets(stage, groups[stage]),
        log.endOffsets(groups[stage]),
      ])
      return [stage, ends.reduce((sum, end, partition) => sum + Math.max(0, end - (done[partition] ?? 0)), 0)] as const
    }),
  )
  return new Map(waiting)
}
