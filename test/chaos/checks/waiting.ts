import type { EventLog } from '../../../platform/ports/event-log.ts'
import { topology } from '../../../workers/topology.ts'

/** How many records each of these stages has not committed yet, as the log says. */
export async function recordsWaiting(
  log: EventLog,
  stages: readonly (keyof typeof topology)[],
): Promise<Map<string, number>> {
  const waiting = await Promise.all(
    stages.map(async (stage) => {
      const [done, ends] = await Promise.all([
        log.committedOffsets(stage, topology[stage].from),
        log.endOffsets(topology[stage].from),
      ])
      return [stage, ends.reduce((sum, end, partition) => sum + Math.max(0, end - (done[partition] ?? 0)), 0)] as const
    }),
  )
  return new Map(waiting)
}
