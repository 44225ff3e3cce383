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
  validation: RankingMetrics | null
  /** Item ids in the order of the rows of `factors`. */
  items: string[]
  index: ReadonlyMap<string, number>
  /** 0: no factors (too little data). */
  dimensions: number
  /** Whitened item factors, items × dimensions: see fold-in.ts. */
  factors: Float32Array
  foldIn: { alpha: number; itemsMax: number }
  /** What items say of each other, by row; null where there was too little. */
  itemRegression: ItemWeights | null
  itemKnn: ItemWeights | null
  /** Null: the default weights. */
  blend: Blend | null
}

/** How features become one score. */
export interface Blend {
  /** Of the features it was learned on: a blend of another edition is not used. */
  features: string
  /** For each of the features as it is, then for each curved; at a session's start and within it. */
  linear: SituationWeights
  /** The same for lists that may repeat what the user knows; null: `linear` serves both. */
  repeat: SituationWeights | null
}

export interface SituationWeights {
  atStart: Float32Array
  inSession: Float32Array
  /** Null: the linear weights alone. */
  neural: NeuralBlend | null
}

/** One hidden layer over features, curved features and context: see rank/neural-blend.ts. */
export interface NeuralBlend {
  /** inputCount × hiddenUnits, by input. */
  input: Float32Array
  /** Per unit. */
  bias: Float32Array
  output: Float32Array
}

export interface RankingMetrics {
  hr: number
  mrr: number
  ndcg: number
  n: number
}
