/**
 * Published methods of next-basket recommendation with repeats, for comparison: TIFU-kNN (Hu et al., SIGIR 2020) and UP-CF (Faggioli et al., UMAP 2020).
 * Each makes of every user's baskets a sparse vector over items, of the vectors a neighborhood, and of both a score for every item.
 */

/** A user's baskets, oldest first; distinct item numbers each. */
export type Baskets = readonly (readonly number[])[]

export interface BasketMethod {
  /** Returns the best items for a user, by number. */
  top(user: number, listed: number): number[]
}

type Vector = ReadonlyMap<number, number>

export interface TifuOptions {
  /** Baskets in a group, and the decay per basket within a group and per group. */
  readonly groupSize: number
  readonly withinDecay: number
  readonly groupDecay: number
  readonly neighbors: number
  /** Share of the user's own vector in the score; the rest is the mean of the neighbors'. */
  readonly ownShare: number
}

/** TIFU-kNN: vectors of item frequencies decayed by basket and by group of baskets, neighbors by Euclidean distance. */
export function tifuKnn(users: readonly Baskets[], items: number, options: TifuOptions): BasketMethod {
  const vectors = users.map((baskets) => tifuVector(baskets, options))
  const index = new VectorIndex(vectors, items)
  return {
    top(user, listed) {
      const own = vectors[user]!
      const closeness = index.dots(own)
      // Squared distance, negated; the user's own norm is the same for all.
      for (let other = 0; other < users.length; other++)
        closeness[other] = 2 * closeness[other]! - index.squares[other]!
      const near = greatest(closeness, options.neighbors, user)
      const scores = new Float64Array(items)
      for (const [item, value] of own) scores[item]! += options.ownShare * value
      for (const other of near)
        for (const [item, value] of vectors[other]!) scores[item]! += ((1 - options.ownShare) * value) / near.length
      return positive(scores, listed)
    },
  }
}

function tifuVector(baskets: Baskets, { groupSize, withinDecay, groupDecay }: TifuOptions): Vector {
  const groups = Math.ceil(baskets.length / groupSize)
  const vector = new Map<number, number>()
  baskets.forEach((basket, place) => {
    const fromEnd = baskets.length - 1 - place
    const weight = withinDecay ** (fromEnd % groupSize) * groupDecay ** Math.floor(fromEnd / groupSize)
    for (const item of basket) vector.set(item, (vector.get(item) ?? 0) + weight / (groupSize * groups))
  })
  return vector
}

export interface UpCfOptions {
  /** Latest baskets that count. */
  readonly recency: number
  /** Exponent of the similarity. */
  readonly locality: number
  /** Exponent of the user's own norm in the similarity; 0.5: cosine. */
  readonly asymmetry: number
}

/** UP-CF: share of the latest baskets that have an item, over users weighted by asymmetric cosine. */
export function upCf(users: readonly Baskets[], items: number, options: UpCfOptions): BasketMethod {
  const vectors = users.map((baskets) => {
    const latest = baskets.slice(-options.recency)
    const vector = new Map<number, number>()
    for (const basket of latest)
      for (const item of basket) vector.set(item, (vector.get(item) ?? 0) + 1 / latest.length)
    return vector
  })
  const index = new VectorIndex(vectors, items)
  return {
    top(user, listed) {
      const similarity = index.dots(vectors[user]!)
      const scores = new Float64Array(items)
      for (let other = 0; other < users.length; other++) {
        if (similarity[other] === 0) continue
        const norms = index.squares[user]! ** options.asymmetry * index.squares[other]! ** (1 - options.asymmetry)
        const weight = (similarity[other]! / norms) ** options.locality
        for (const [item, value] of vectors[other]!) scores[item]! += weight * value
      }
      return positive(scores, listed)
    },
  }
}

/** Inner products of one sparse vector with all of them, by an inverted index. */
class VectorIndex {
  readonly squares: Float64Array
  private readonly usersOf: number[][]
  private readonly valuesOf: number[][]

  constructor(vectors: readonly Vector[], items: number) {
    this.usersOf = Array.from({ length: items }, () => [])
    this.valuesOf = Array.from({ length: items }, () => [])
    this.squares = new Float64Array(vectors.length)
    for (const [user, vector] of vectors.entries()) {
      for (const [item, value] of vector) {
        this.usersOf[item]!.push(user)
        this.valuesOf[item]!.push(value)
        this.squares[user]! += value ** 2
      }
    }
  }

  dots(vector: Vector): Float64Array {
    const sums = new Float64Array(this.squares.length)
    for (const [item, value] of vector) {
      const users = this.usersOf[item]!
      const values = this.valuesOf[item]!
      for (let k = 0; k < users.length; k++) sums[users[k]!]! += value * values[k]!
    }
    return sums
  }
}

/** Indexes of the greatest scores, best first, at equal scores the lower index; without `left`. */
function greatest(scores: Float64Array, count: number, left = -1): number[] {
  const places = Array.from(scores.keys()).filter((place) => place !== left)
  return places.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count)
}

function positive(scores: Float64Array, listed: number): number[] {
  const best: number[] = []
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!
    if (score <= 0 || (best.length === listed && score <= scores[best.at(-1)!]!)) continue
    let place = best.length
    while (place > 0 && scores[best[place - 1]!]! < score) place--
    best.splice(place, 0, item)
    if (best.length > listed) best.pop()
  }
  return best
}

export const tifuGrid: readonly TifuOptions[] = [
  { groupSize: 3, withinDecay: 0.9, groupDecay: 0.6 },
  { groupSize: 7, withinDecay: 0.9, groupDecay: 0.7 },
  { groupSize: 7, withinDecay: 1, groupDecay: 0.9 },
].flatMap((decays) =>
  [300, 900].flatMap((neighbors) => [0.2, 0.7, 0.95].map((ownShare) => ({ ...decays, neighbors, ownShare }))),
)

export const upCfGrid: readonly UpCfOptions[] = [5, 25, 100, Number.POSITIVE_INFINITY].flatMap((recency) =>
  [5, 20, 100].map((locality) => ({ recency, locality, asymmetry: 0.25 })),
)
