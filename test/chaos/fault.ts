import type { Dice } from '../simulator/dice.ts'
import type { ChaosClient } from './load/client.ts'
import type { Model } from './load/model.ts'

/** What a fault may use of its surroundings, beside the world it is made for. */
export interface Striking {
  readonly dice: Dice
  readonly client: ChaosClient
  /** To be told of what was acknowledged to somebody else than the load. */
  readonly model: Model
  readonly say: (text: string) => void
}

export interface Struck {
  /** How it is undone; called after `holdMs`. Resolves once what was taken away is there again. */
  undo(): Promise<void>
  /** How many there were of it, where a strike is several. Default 1. */
  readonly times?: number
}

/** One row of the table of faults: what happens to a system in production. */
export interface Fault<World> {
  readonly name: string
  /** How often, beside the others. Each comes once before any comes twice. */
  readonly weight: number
  /** How long it lasts: at least, at most. */
  readonly holdMs: readonly [number, number]
  strike(world: World, striking: Striking): Promise<Struck>
}
