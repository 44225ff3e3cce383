import type { DemoName } from '../../schema/records/demo.ts'
import type { EventType } from '../../schema/records/interaction.ts'
import type { ItemRecord } from '../../schema/records/item.ts'

/** One event of a simulated visitor. */
export interface VisitorAction {
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
  /** RATING only. */
  readonly value?: number
  /** CONSUME only: the portion so far, and the seconds spent. */
  readonly portion?: number
  readonly seconds?: number
  /** Seconds since the previous action of the same visit. */
  readonly pauseS: number
}

/** A demo: generated items, and visitors who act by their preferences. */
export interface DemoWorld {
  /** Key of its progress in topic demo-control. */
  readonly name: DemoName
  readonly items: readonly ItemRecord[]
  /** Past events that are generated at the first start. */
  readonly pastEvents: number
  /** One visit of a random visitor. */
  visit(random: () => number): Iterator<VisitorAction, unknown>
}
