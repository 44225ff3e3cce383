import type { RankingService } from './ranking-service.ts'

/** The requests to the ranking thread. */
export type Method = 'similar' | 'together' | 'session' | 'trending' | 'rank'

export interface Question {
  readonly id: number
  readonly method: Method
  readonly args: unknown[]
}

export type RankingStatus = Pick<RankingService, 'modelVersion' | 'isReady'>

export type Message =
  | ({ readonly kind: 'status' } & RankingStatus)
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }
