/** How features become one score: a weighted sum, its weights by FEATURES order, one set while a session is going on and one at its start. */
export interface Blend {
  features: string[]
  inSession: number[]
  atStart: number[]
}
