/** One measured number and its reference from the same run. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly value: number
  /** null if there is no comparable reference. */
  readonly reference: number | null
  /**
   * The median of value ÷ reference over the rounds, so that what else the machine does in a round touches both
   * sides.
   */
  readonly ratio: number | null
  /** Description of the target; null if the figure is only reported. */
  readonly must: string | null
  readonly holds: boolean | null
  /** Description of the reference, and notes for the reader. */
  readonly note?: string
}

/** A bound of the ratio or of the value itself. */
export interface Must {
  readonly of: 'ratio' | 'value'
  readonly atLeast?: number
  readonly atMost?: number
}

/** One round's numbers. */
export interface Pair {
  readonly value: number
  readonly reference: number
}

interface Description {
  readonly name: string
  readonly unit: string
  readonly must?: Must
  readonly note?: string
}

/** @param rounds at least one; the full benches make five or more */
export function figureOf(description: Description, rounds: readonly Pair[]): Figure {
  const value = median(rounds.map((round) => round.value))
  const reference = median(rounds.map((round) => round.reference))
  const ratio = median(rounds.map((round) => round.value / round.reference))
  return judged(description, value, reference, ratio)
}

/** A figure without a reference. */
export function figureAlone(description: Description, values: readonly number[]): Figure {
  return judged(description, median(values), null, null)
}

function judged({ must, ...description }: Description, value: number, reference: number | null, ratio: number | null) {
  const judgedNumber = must?.of === 'ratio' ? ratio : value
  const holds =
    must === undefined || judgedNumber === null
      ? null
      : judgedNumber >= (must.atLeast ?? -Infinity) && judgedNumber <= (must.atMost ?? Infinity)
  return { ...description, value, reference, ratio, must: must === undefined ? null : inWords(must), holds }
}

const inWords = ({ of, atLeast, atMost }: Must): string =>
  atLeast === undefined ? `${of} ≤ ${atMost}` : `${of} ≥ ${atLeast}`

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('expected at least one value, got none')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** @param share 0.5 for the median, 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
