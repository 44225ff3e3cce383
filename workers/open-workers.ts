import type { MessagePort } from 'node:worker_threads'
import type { Config } from '../platform/config.ts'
import type { Closable } from '../platform/lifecycle.ts'
import type { Logger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { systemClock as clock } from '../platform/ports/clock.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import { watchRulesFile } from '../platform/read-models/rules.ts'
import { createTracing } from '../platform/tracing.ts'
import { startWorkers, type Workers } from './start-workers.ts'
import type { StageName } from './topology.ts'

interface Parts {
  readonly config: Config
  readonly logger: Logger
  readonly stages: readonly StageName[]
  readonly instance: string
  /** Embedded only: whether to lock the folder. Default true. */
  readonly lock?: boolean
  /** Embedded only: the writer of the thread that owns the folder. */
  readonly writer?: MessagePort
}

export interface OpenWorkers extends Pick<Workers, 'ended' | 'replica'> {
  readonly log: EventLog
  /** What to close, in this order. */
  readonly closing: readonly Closable[]
}

/** Opens the parts of a process or thread of stages: platform, tracing, the rules file if there is one, the stages. */
export async function openWorkers({ config, logger, stages, instance, lock, writer }: Parts): Promise<OpenWorkers> {
  const { log, store, writeTogether, close } = await openPlatform({ config, logger, name: 'worker', lock, writer })
  const { TRACES_PER_SECOND: perSecondMax, OTLP_URL: otlpUrl, RULES_FILE: rulesFile } = config
  const tracing = await createTracing({ service: 'worker', log, clock, perSecondMax, otlpUrl })
  const onRulesError = (error: unknown) =>
    logger.error({ err: error }, 'the rules file is not valid; the rules in force stay')
  const rules = rulesFile === undefined ? undefined : await watchRulesFile(log, rulesFile, onRulesError)
  const workers = await startWorkers({ log, store, writeTogether, clock, config, logger, stages, instance, tracing })
  return {
    log,
    ended: workers.ended,
    replica: workers.replica,
    closing: [
      { name: 'rules file', close: async () => await rules?.stop() },
      { name: 'stages', close: () => workers.stop() },
      { name: 'tracing', close: () => tracing.stop() },
      { name: 'platform', close },
    ],
  }
}
