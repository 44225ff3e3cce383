import type { ItemWeights } from './item-weights.ts'

/** A trained, versioned model: immutable, shared by every stage that ranks. */
export interface TrainedModel {
  version: number
  /** Milliseconds since 1970, as passed by the caller of the training. */
  trainedAt: number
  /** Time of the newest event it was fitted to. */
  fittedUntil: number
  /** Size of the training data. */
  stats: { events: number; users: number; items: number }
  /** Test-then-train metrics on the latest part of the log. Null if it was too short. */
  validation: RankingMetrics | null
  /** Item ids in the order of the rows of `factors`. */
  items: string[]
  index: ReadonlyMap<string, number>
  /** 0: no factors (too little data). */
  dimensions: number
  /** Whitened item factors, items × dimensions: see fold-in.ts. */
  factors: Float32Array
  foldIn: { alpha: number; itemsMax: number }
  /** Item-to-item weights, by row. Null with too little data. */
  itemRegression: ItemWeights | null
  itemKnn: ItemWeights | null
  /** Names of attributes that content similarity reads; see choose-attributes.ts. Default: none. */
  contentAttributes?: readonly string[]
  /** Null: the default weights. */
  blend: Blend | null
}

/** The part of a model that user vectors are computed from: see user/fold-in.ts. */
export type FoldInModel = Pick<TrainedModel, 'version' | 'factors' | 'dimensions' | 'foldIn'> & {
  readonly index: Pick<TrainedModel['index'], 'get'>
}

/** The weights that turn features into one score. */
export interface Blend {
  /** The feature set it was fitted to. A blend of another feature set is ignored. */
  features: string
  /** Weights of the features, then of the features through `logCurve`; at the start of a session and within it. */
  linear: SituationWeights
  /** The same for lists that may repeat what the user knows; null: `linear` serves both. */
  repeat: SituationWeights | null
}

export interface SituationWeights {
  /** Null: the default weights. */
  atStart: Float32Array | null
  inSession: Float32Array | null
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

/** Means over test queries, each 0 to 1: see ranking-metrics.ts. */
export interface RankingMetrics {
  /** Hit rate at 20. */
  hr: number
  /** Mean reciprocal rank at 20. */
  mrr: number
  /** NDCG at 20. */
  ndcg: number
  /** Number of queries. */
  n: number
}
