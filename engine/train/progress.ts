/** How far a training has come. */
export interface TrainProgress {
  phase: 'factors' | 'neighbours' | 'blend' | 'validation'
  /** 0 to 1 within the phase. */
  done: number
}
