import {
  type ArmSums,
  type ItemPositions,
  noCounts,
  noSums,
  type PartitionCounts,
  positionsMax,
  shareOf,
} from '../../schema/records/experiment.ts'
import { noTally, type Outcome, roundAmount, type TallyChange, tallyFields } from '../../schema/records/goals.ts'
import type { Outcome as StageOutcome } from '../runner/stage.ts'

/** Arms kept per partition; the least recently counted one is evicted. */
export const armsMax = 512

/** Maximum placements whose positions are kept per partition, and maximum items of each. */
export const positionedPlacementsMax = 32
export const positionedItemsMax = 64

/**
 * Sums outcomes over the users of one partition. Each outcome counts once: the state contains the newest position
 * counted, and topic outcomes is in the order of topic interactions, except for repeated records, which follow newer
 * ones.
 */
export function sumOutcomes(
  outcomes: readonly Outcome[],
  before: PartitionCounts | undefined,
): StageOutcome<PartitionCounts> {
  let { epoch, offset } = before ?? noCounts
  const arms = new Map((before ?? noCounts).arms)
  const items = new Map((before ?? noCounts).items)
  for (const outcome of outcomes) {
    const isNewer = outcome.epoch > epoch || (outcome.epoch === epoch && outcome.offset > offset)
    if (!isNewer) continue
    epoch = outcome.epoch
    offset = outcome.offset
    for (const change of outcome.changes) addChange(arms, change, outcome)
    if (outcome.shown) addShown(items, outcome.shown)
  }
  return before?.epoch === epoch && before.offset === offset ? {} : { state: { epoch, offset, arms, items } }
}

function addChange(arms: Map<string, ArmSums>, change: TallyChange, { at, shown }: Outcome): void {
  const { arm, before, after } = change
  const known = arms.get(arm)
  // Nothing can be removed from an arm that was evicted.
  if (known === undefined && isTakenBack(change)) return
  const { users, firstAt, lastAt, sums, squares, products, shownAt, clickedAt } = known ?? noSums
  const [from, to] = [before ?? noTally, after ?? noTally]
  // Not below 0: an arm that was evicted and counted again does not contain what was counted before.
  const sumOf = (column: readonly number[], difference: (field: (typeof tallyFields)[number]) => number) =>
    tallyFields.map((field, n) => Math.max(0, column[n]! + difference(field)))
  arms.set(arm, {
    users: Math.max(0, users + (before === null ? 1 : 0) - (after === null ? 1 : 0)),
    firstAt: Math.min(firstAt, at),
    lastAt: Math.max(lastAt, at),
    sums: sumOf(sums, (field) => to[field] - from[field]).map(roundAmount),
    squares: sumOf(squares, (field) => to[field] ** 2 - from[field] ** 2),
    products: sumOf(products, (field) => to[field] * to[shareOf(field)] - from[field] * from[shareOf(field)]),
    shownAt: shown && !shown.isClick ? plusOne(shownAt, shown.position) : shownAt,
    clickedAt: shown?.isClick ? plusOne(clickedAt, shown.position) : clickedAt,
  })
  if (arms.size > armsMax) arms.delete(oldest(arms))
}

/** Whether a change only removes: an undo, a refund, or a guest who leaves. */
function isTakenBack({ before, after }: TallyChange): boolean {
  return before !== null && tallyFields.every((field) => (after ?? noTally)[field] <= before[field])
}

function oldest(arms: ReadonlyMap<string, ArmSums>): string {
  let found = ''
  let lastAt = Number.POSITIVE_INFINITY
  for (const [arm, sums] of arms) {
    if (sums.lastAt >= lastAt) continue
    found = arm
    lastAt = sums.lastAt
  }
  return found
}

/** The items shown most often: a new item replaces the one shown least (Metwally et al. 2005, without its counts). */
function addShown(
  items: Map<string, readonly ItemPositions[]>,
  { placement, itemId, position, isClick }: NonNullable<Outcome['shown']>,
): void {
  const known = items.get(placement)
  if (known === undefined && items.size >= positionedPlacementsMax) return
  const all = [...(known ?? [])]
  const at = all.findIndex((one) => one.itemId === itemId)
  if (at >= 0) {
    const { shownAt, clickedAt } = all[at]!
    all[at] = isClick
      ? { itemId, shownAt, clickedAt: plusOne(clickedAt, position) }
      : { itemId, shownAt: plusOne(shownAt, position), clickedAt }
  } else if (!isClick) {
    const one = { itemId, shownAt: plusOne(noSums.shownAt, position), clickedAt: noSums.clickedAt }
    if (all.length < positionedItemsMax) all.push(one)
    else all[leastShown(all)] = one
  }
  items.set(placement, all)
}

function leastShown(all: readonly ItemPositions[]): number {
  const counts = all.map(({ shownAt }) => shownAt.reduce((sum, count) => sum + count, 0))
  return counts.indexOf(Math.min(...counts))
}

function plusOne(counts: readonly number[], position: number): number[] {
  const next = [...counts]
  next[Math.min(position, positionsMax) - 1]! += 1
  return next
}
