import type { Consumption } from '../platform/ports/event-log.ts'
import type { Replica } from '../platform/read-models/replica.ts'
import { openReadModels } from './read-models.ts'
import { startReporting } from './runner/reporting.ts'
import { StageMeters } from './stage-meters.ts'
import { StageStarters } from './stage-starters.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface Workers {
  /** Resolves at stop(); rejects when a consumer ended for good. */
  readonly ended: Promise<void>
  /** The item side and the model, as embed, recommend and train use them; undefined if none of these runs. */
  readonly replica: Replica | undefined
  stop(): Promise<void>
}

/** Starts the named stages in this process. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  const models = await openReadModels(parts)
  const meters = new StageMeters(parts)
  const starters = new StageStarters(parts, models, meters)
  const running: Consumption[] = []
  for (const name of parts.stages) running.push(await starters[name]())
  const reporting = startReporting({ ...parts, meters: meters.reported })

  return {
    ended: Promise.all(running.map((one) => one.ended)).then(() => {}),
    replica: models.replica,
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
      await reporting.stop()
      await models.stop()
    },
  }
}
