import type { Recorded } from './checks/recorded.ts'
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
  /** Ends the product in order, and reads what it has left. */
  recorded(): Promise<Recorded>
  close(): Promise<void>
}

export interface Platform<Kind extends World = World> {
  readonly faults: readonly Fault<Kind>[]
  open(surroundings: Surroundings): Promise<Kind>
}

export interface Surroundings {
  readonly dir: string
  readonly say: (text: string) => void
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
