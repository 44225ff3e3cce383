import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import type { WriteTogether } from '../platform/ports/write-together.ts'
import type { Tracing } from '../platform/tracing.ts'
import type { StageName } from './topology.ts'

export interface WorkerParts {
  readonly log: EventLog
  readonly store: Store
  /** undefined if the platform does not support it. */
  readonly writeTogether?: WriteTogether
  readonly clock: Clock
  readonly config: Pick<
    Config,
    'CURRENCY' | 'EPOCH' | 'ID_SECRET' | 'PAIR_USERS' | 'PICKS_STORED' | 'TRAIN_EVENTS' | 'TRAIN_MINUTES'
  >
  readonly logger: Logger
  readonly stages: readonly StageName[]
  readonly tracing?: Tracing
  /** Name of this process in the reports of the stages. */
  readonly instance: string
}
