import { silentLogger } from '../../platform/logger.ts'
import { systemClock } from '../../platform/ports/clock.ts'
import { createTracing } from '../../platform/tracing.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { stageNames } from '../../workers/topology.ts'
import { type Harness, type HarnessOptions, startHarness } from './server-harness.ts'

interface Options extends HarnessOptions {
  /** Of the stages; left out: none. */
  readonly tracing?: { readonly perSecondMax: number; readonly otlpUrl?: string }
}

/** A server and all stages in this process, which end with the harness; no model is trained by itself. */
export async function startWholeSystem({ tracing: wanted, ...options }: Options = {}): Promise<Harness> {
  const harness = await startHarness(options)
  const { log, store } = harness
  const tracing = wanted && (await createTracing({ service: 'worker', log, clock: systemClock, ...wanted }))
  const workers = await startWorkers({
    log,
    store,
    clock: systemClock,
    config: { CURRENCY: 'EUR', EPOCH: 0, PAIR_USERS: 1, PICKS_STORED: 120, TRAIN_EVENTS: 0, TRAIN_MINUTES: 0 },
    logger: options.logger ?? silentLogger,
    stages: stageNames,
    instance: 'test',
    tracing,
  })
  return {
    ...harness,
    async close() {
      await workers.stop()
      await tracing?.stop()
      await harness.close()
    },
  }
}
