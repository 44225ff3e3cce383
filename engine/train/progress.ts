/** How far a training has come. */
export interface TrainProgress {
  phase: 'factors' | 'itemRegression' | 'blend' | 'validation'
  /** 0 to 1 within the phase. */
  done: number
}
