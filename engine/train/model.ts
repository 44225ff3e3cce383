import type { Blend } from '../rank/blend.ts'
import type { ItemWeights } from './item-weights.ts'

/** A trained, versioned model: immutable, shared by every stage that ranks. */
export interface TrainedModel {
  version: number
  /** Milliseconds since 1970, as given by whoever trained it. */
  trainedAt: number
  /** Time of the newest event it was fitted to. */
  fittedUntil: number
  /** What it was fitted to. */
  stats: { events: number; users: number; items: number }
  /** Test-then-learn on the log's latest past; null where there was too little to measure. */
  validation: Figures | null
  /** Item ids in the order of the rows of `factors`. */
  items: string[]
  index: ReadonlyMap<string, number>
  /** 0: no factors (too little data). */
  dimensions: number
  /** Whitened item factors, items × dimensions: see fold-in.ts. */
  factors: Float32Array
  foldIn: { alpha: number; itemsMax: number }
  /** What items say of each other, by row; null where there was too little. */
  neighbours: ItemWeights | null
  kin: ItemWeights | null
  /** Null: the default weights. */
  blend: Blend | null
}

export interface Figures {
  hr: number
  mrr: number
  ndcg: number
  n: number
}
