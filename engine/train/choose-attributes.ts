import { attributeNamesMax, comparedValue } from '../attributes.ts'
import { eventTypes, type ItemAttribute } from '../types.ts'
import { isTouch } from '../user/signals.ts'
import type { TrainingLog } from './log.ts'

/** Maximum names that are evaluated: those that the most items have. */
const judgedNamesMax = 64
/** Maximum transitions read per user, the newest, so that few users do not dominate the result. */
const transitionsPerUserMax = 32
/** Minimum agreement beyond chance (Cohen's kappa): in a large log, attributes of little use are significant too. */
const kappaMin = 0.05
/** Minimum excess over chance, in standard errors. */
const errorsMin = 4

/**
 * Returns the names of attributes whose values visitors repeatedly choose: an item and the next that the user touched
 * share a value more often than the item and one drawn from all items that were touched next. The greatest agreement
 * first, by Cohen's kappa (1960); at most `attributeNamesMax`. Yields the share done, 0 to 1.
 */
export function* chooseAttributes(log: TrainingLog): Generator<number, string[]> {
  const attributesOf = new Map<string, readonly ItemAttribute[]>()
  for (const { id, attributes } of log.catalog) if (attributes?.length) attributesOf.set(id, attributes)
  if (attributesOf.size === 0) return []
  const transitions = newestTransitions(log)
  const attributes = log.itemIds.map((id) => attributesOf.get(id) ?? [])
  const names = commonNames([...attributesOf.values()])
  const chosen: { name: string; kappa: number }[] = []
  for (const name of names) {
    const kappa = agreementOf(
      transitions,
      attributes.map((all) => valuesOf(all, name)),
    )
    if (kappa >= kappaMin) chosen.push({ name, kappa })
    yield names.indexOf(name) / names.length
  }
  return chosen
    .sort((a, b) => b.kappa - a.kappa || (a.name < b.name ? -1 : 1))
    .slice(0, attributeNamesMax)
    .map(({ name }) => name)
}

function commonNames(all: readonly (readonly ItemAttribute[])[]): string[] {
  const counts = new Map<string, number>()
  for (const attributes of all) {
    for (const name of new Set(attributes.map((attribute) => attribute.name)))
      counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, judgedNamesMax)
    .map(([name]) => name)
}

function valuesOf(attributes: readonly ItemAttribute[], name: string): ReadonlySet<string> | undefined {
  const ofName = attributes.filter((attribute) => attribute.name === name)
  return ofName.length === 0 ? undefined : new Set(ofName.map(comparedValue))
}

/** Pairs of items that a user touched one after the other: the first of each pair, then the second. */
function newestTransitions(log: TrainingLog): number[] {
  const touching = eventTypes.map(isTouch)
  const counts = new Uint8Array(log.userIds.length)
  const following = new Int32Array(log.userIds.length).fill(-1)
  const pairs: number[] = []
  for (let e = log.size - 1; e >= 0; e--) {
    const user = log.users[e]!
    if (!touching[log.types[e]!] || counts[user]! === transitionsPerUserMax) continue
    const item = log.items[e]!
    if (following[user] === item) continue
    if (following[user]! >= 0) {
      pairs.push(item, following[user]!)
      counts[user]!++
    }
    following[user] = item
  }
  return pairs
}

/**
 * Returns Cohen's kappa of the transitions between items that both have the attribute, (observed - expected) / (n -
 * expected); 0 if it is less than `errorsMin` standard errors above chance. For items with several values chance is
 * overestimated (by the sum of their shares), never underestimated.
 */
function agreementOf(transitions: readonly number[], values: readonly (ReadonlySet<string> | undefined)[]): number {
  const next = new Map<string, number>()
  let n = 0
  for (let k = 0; k < transitions.length; k += 2) {
    const to = values[transitions[k + 1]!]
    if (to === undefined || values[transitions[k]!] === undefined) continue
    n++
    for (const value of to) next.set(value, (next.get(value) ?? 0) + 1)
  }
  let [observed, expected, variance] = [0, 0, 0]
  for (let k = 0; k < transitions.length; k += 2) {
    const [from, to] = [values[transitions[k]!], values[transitions[k + 1]!]]
    if (from === undefined || to === undefined) continue
    let chance = 0
    let agrees = 0
    for (const value of from) {
      chance += (next.get(value) ?? 0) / n
      if (to.has(value)) agrees = 1
    }
    chance = Math.min(1, chance)
    observed += agrees
    expected += chance
    variance += chance * (1 - chance)
  }
  const excess = observed - expected
  return excess > errorsMin * Math.sqrt(variance) && expected < n ? excess / (n - expected) : 0
}
