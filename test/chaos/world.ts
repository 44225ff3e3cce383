import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { Fault } from './fault.ts'

/** The product on one platform, as processes that can be hurt. */
export interface World {
  readonly platform: 'embedded' | 'cluster'
  /** The GraphQL endpoint; the same over all restarts. */
  readonly url: string
  /** How long after a fault everything may take to be as it should be. */
  readonly recoveryMsMax: number
  /** Resident memory of the product's processes. */
  memoryMb(): number
  /** Ends the product in order, and reads in what it has left. */
  left<Result>(read: (ports: Ports) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export interface Platform<Kind extends World = World> {
  readonly faults: readonly Fault<Kind>[]
  open(surroundings: Surroundings): Promise<Kind>
}

export interface Ports {
  readonly log: EventLog
  readonly store: Store
}

export interface Surroundings {
  readonly dir: string
  readonly say: (text: string) => void
  /** Of the product's processes, over the usual ones. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Settings of every process of the product: no training of its own accord, no limit on one address. */
export const productSettings = {
  PICKSTREAM_DEMO: 'off',
  PICKSTREAM_LOG_LEVEL: 'warn',
  PICKSTREAM_TRAIN_EVENTS: '0',
  PICKSTREAM_TRAIN_MINUTES: '0',
  PICKSTREAM_LIMIT_RATE: '0',
  PICKSTREAM_TRACES_PER_SECOND: '0',
} as const
