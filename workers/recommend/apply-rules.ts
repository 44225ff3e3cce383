import type { ItemMeta } from '../../engine/types.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import type { Rules } from '../../schema/rules.ts'

export interface RuleContext {
  readonly item: (id: string) => ItemMeta | undefined
  /** False for what the visitor has seen or turned down, and for what is not for sale. */
  readonly mayShow: (id: string) => boolean
  /** The log's time, ms. */
  readonly now: number
}

const dayMs = 86_400_000
/** The part of a list that visitors see, which shares are counted over. */
const shownItems = 20

/** A list under the shop's rules: boosts and freshness change scores, then the category share, then pins. */
export function applyRules(list: readonly RankedItem[], rules: Rules, context: RuleContext): RankedItem[] {
  const weighed =
    rules.boosts.length > 0 || rules.freshnessHalfLifeDays !== undefined ? weigh(list, rules, context) : [...list]
  const spread =
    rules.maxCategoryShare === undefined ? weighed : limitCategories(weighed, rules.maxCategoryShare, context)
  return rules.pins.length > 0 ? pin(spread, rules, context) : spread
}

/** Scores are comparable within a list only, so they are laid onto 0 to 1 before factors apply. */
function weigh(list: readonly RankedItem[], rules: Rules, context: RuleContext): RankedItem[] {
  const least = list.reduce((min, { score }) => Math.min(min, score), Number.POSITIVE_INFINITY)
  const most = list.reduce((max, { score }) => Math.max(max, score), Number.NEGATIVE_INFINITY)
  const range = most - least || 1
  return list
    .map((entry, place) => {
      const relative = (entry.score - least) / range + 1e-3
      return { entry: { ...entry, score: relative * factorOf(entry.itemId, rules, context) }, place }
    })
    .sort((a, b) => b.entry.score - a.entry.score || a.place - b.place)
    .map(({ entry }) => entry)
}

function factorOf(itemId: string, rules: Rules, { item, now }: RuleContext): number {
  const meta = item(itemId)
  let factor = 1
  for (const boost of rules.boosts) {
    const applies =
      boost.item === itemId ||
      (boost.category !== undefined && meta?.categories.includes(boost.category)) ||
      (boost.tag !== undefined && meta?.tags.includes(boost.tag))
    if (applies) factor *= boost.factor
  }
  if (rules.freshnessHalfLifeDays !== undefined && meta?.publishedAt != null) {
    const ageDays = Math.max(0, now - meta.publishedAt) / dayMs
    factor *= 1 + 2 ** (-ageDays / rules.freshnessHalfLifeDays)
  }
  return factor
}

/** Moves what is over its category's share behind the part that is shown; the order stays otherwise. */
function limitCategories(list: readonly RankedItem[], maxShare: number, { item }: RuleContext): RankedItem[] {
  const countMax = Math.max(1, Math.floor(maxShare * shownItems))
  const counts = new Map<string, number>()
  const shown: RankedItem[] = []
  const later: RankedItem[] = []
  for (const entry of list) {
    const categories = item(entry.itemId)?.categories ?? []
    const full = categories.some((category) => (counts.get(category) ?? 0) >= countMax)
    if (full || shown.length >= shownItems) {
      later.push(entry)
      continue
    }
    for (const category of categories) counts.set(category, (counts.get(category) ?? 0) + 1)
    shown.push(entry)
  }
  return [...shown, ...later]
}

function pin(list: readonly RankedItem[], { pins }: Rules, { mayShow }: RuleContext): RankedItem[] {
  const pinned = new Set(pins.map(({ item }) => item))
  const rest = list.filter(({ itemId }) => !pinned.has(itemId))
  for (const { item, position } of [...pins].sort((a, b) => a.position - b.position)) {
    if (!mayShow(item)) continue
    const place = Math.min(position - 1, rest.length)
    const score = rest[place]?.score ?? 0
    rest.splice(place, 0, { itemId: item, score, reason: { kind: 'pinned' } })
  }
  return rest
}
