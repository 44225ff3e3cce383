/** Impressions and clicks of one item, by position from the first. */
export interface PositionCounts {
  readonly shownAt: readonly number[]
  readonly clickedAt: readonly number[]
}

const iterations = 50
/** Weight, in impressions, of the prior that a position is examined as often as the first. */
const priorImpressions = 100

/**
 * Returns for each position how often it is examined, relative to the first: the position-based model, in which an
 * item is clicked where it is examined (by position) and attractive (by item). Fitted by expectation maximization on
 * logged clicks alone, without randomized lists (Chuklin, Markov and de Rijke 2015, "Click Models for Web Search",
 * section 4.2; Wang et al. 2018, "Position Bias Estimation for Unbiased Learning to Rank in Personal Search"). Items
 * that were shown at several positions separate the two: clicks by position alone would attribute the attractiveness
 * of the items at the top to their position.
 *
 * @returns 1 for the first position, more than 0 for the others; 1 everywhere without data
 */
export function examinationByPosition(items: readonly PositionCounts[], positions: number): number[] {
  const shown = Array.from({ length: positions }, (_, k) => sumOf(items, ({ shownAt }) => shownAt[k] ?? 0))
  let examined = shown.map((_, k) => 1 / (k + 1))
  let attractive = items.map(({ shownAt, clickedAt }) => clamp(total(clickedAt) / Math.max(1, total(shownAt))))
  for (let n = 0; n < iterations; n++) [examined, attractive] = improve(items, examined, attractive)
  const first = examined[0] ?? 1
  return shown.map((count, k) => {
    if (k === 0) return 1
    return (count * (examined[k]! / first) + priorImpressions) / (count + priorImpressions)
  })
}

function improve(
  items: readonly PositionCounts[],
  examined: readonly number[],
  attractive: readonly number[],
): [number[], number[]] {
  const wasExamined = examined.map(() => 0)
  const wasShown = examined.map(() => 0)
  const nextAttractive = items.map(({ shownAt, clickedAt }, i) => {
    let wasAttractive = 0
    let shown = 0
    for (let k = 0; k < examined.length; k++) {
      const count = shownAt[k] ?? 0
      if (count === 0) continue
      const clicks = Math.min(count, clickedAt[k] ?? 0)
      const unclicked = (count - clicks) / (1 - examined[k]! * attractive[i]!)
      wasExamined[k]! += clicks + unclicked * examined[k]! * (1 - attractive[i]!)
      wasAttractive += clicks + unclicked * attractive[i]! * (1 - examined[k]!)
      wasShown[k]! += count
      shown += count
    }
    return clamp(shown === 0 ? 0 : wasAttractive / shown)
  })
  const nextExamined = wasExamined.map((sum, k) => clamp(wasShown[k]! === 0 ? examined[k]! : sum / wasShown[k]!))
  return [nextExamined, nextAttractive]
}

/**
 * Maximum weight of a click, so that few clicks at low positions do not dominate a figure (Ionides 2008, truncated
 * importance sampling).
 */
export const inversePropensityMax = 10

/** Returns the weight of a click at each position: 1 / examination, at most `inversePropensityMax`. */
export const inversePropensities = (examined: readonly number[]): number[] =>
  examined.map((probability) => Math.min(inversePropensityMax, 1 / probability))

/** Keeps a probability away from 0 and 1, which expectation maximization could not leave again. */
const clamp = (probability: number): number => Math.min(0.999, Math.max(1e-4, probability))

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0)
