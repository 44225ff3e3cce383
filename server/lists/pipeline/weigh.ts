import { attributeTest } from '../../../engine/attributes.ts'
import type { Item } from '../../../schema/graphql/item.ts'
import type { Boost } from '../../../schema/rules.ts'
import { isFatigued } from './fatigue.ts'
import type { Candidate, ListContext } from './list-context.ts'

/** Multiplies the score of one candidate. */
type Factor = (candidate: Candidate) => number

const dayMs = 86_400_000
/** Rescaled score of the last ranked item, where the first has 1: a boost of 10 lifts the last to the first. */
const relativeMin = 0.1

/**
 * Multiplies scores by the factors of the rules: objective, boosts, freshness, fatigue. Scores are comparable within a
 * list only, so they are rescaled to 0.1 to 1 first. Items of equal score keep their order.
 */
export function weigh(list: readonly Candidate[], context: ListContext): readonly Candidate[] {
  const factors = [byWeights, byRevenue, byBoosts, byFreshness, byFatigue].flatMap((make) => make(list, context) ?? [])
  if (factors.length === 0 || list.length === 0) return list
  const relative = relativeScores(list)
  const weighed = list.map((candidate, n): Candidate => {
    const { item, reason, isFill } = candidate
    let score = relative[n]!
    for (const factor of factors) score = times(score, factor(candidate))
    return { item, score, reason, isFill }
  })
  return weighed.sort((a, b) => b.score - a.score)
}

/** Finite, whatever the number of boosts and the prices: a score that is not is no score of the API. */
const times = (a: number, b: number): number => Math.min(a * Math.min(b, Number.MAX_VALUE), Number.MAX_VALUE)

function relativeScores(list: readonly Candidate[]): number[] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const { score, isFill } of list) {
    if (isFill) continue
    least = Math.min(least, score)
    most = Math.max(most, score)
  }
  const range = most - least || 1
  return list.map(({ score, isFill }) => relativeMin + (1 - relativeMin) * (isFill ? 0 : (score - least) / range))
}

/**
 * `objective.weights`: the factor of an item that was recommended because of an event is the weight of the event's
 * type; default 1. Items related to purchases are more likely to be purchased than items related to views.
 */
function byWeights(_list: readonly Candidate[], { rules }: ListContext): Factor | undefined {
  const weights = rules.objective?.weights
  if (!weights) return undefined
  return ({ reason }) => (reason.kind === 'because' ? (weights[reason.eventType as keyof typeof weights] ?? 1) : 1)
}

/**
 * `objective.revenue`: the factor (price / p)^revenue, where p is the geometric mean of the prices in the list, so that
 * factors average 1. Items without a price have factor 1. With `revenueAttribute`, that attribute replaces the price.
 */
function byRevenue(list: readonly Candidate[], { rules }: ListContext): Factor | undefined {
  const { revenue = 0, revenueAttribute } = rules.objective ?? {}
  if (revenue === 0) return undefined
  const priceOf = ({ price, attributes }: Item) =>
    revenueAttribute === undefined ? price : numberOf(attributes, revenueAttribute)
  const logs = list.flatMap(({ item }) => {
    const price = priceOf(item)
    return price !== null && price > 0 ? [Math.log(price)] : []
  })
  const mean = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length)
  return ({ item }) => {
    const price = priceOf(item)
    if (price === null) return 1
    return price > 0 ? Math.exp(revenue * (Math.log(price) - mean)) : 0
  }
}

const numberOf = (attributes: Item['attributes'], name: string): number | null =>
  attributes.find((attribute) => attribute.name === name && attribute.number != null)?.number ?? null

function byBoosts(_list: readonly Candidate[], { rules }: ListContext): Factor | undefined {
  const { boosts } = rules
  if (!boosts?.length) return undefined
  const compiled = compileBoosts(boosts)
  return ({ item }) => {
    let factor = compiled.items.get(item.id) ?? 1
    for (const category of item.categories) factor = times(factor, compiled.categories.get(category) ?? 1)
    for (const tag of item.tags) factor = times(factor, compiled.tags.get(tag) ?? 1)
    for (const boost of compiled.attributes) if (boost.matches(item.attributes)) factor = times(factor, boost.factor)
    return factor
  }
}

/** Indexes boosts by what they match, so that an item does not test all of them. */
function compileBoosts(boosts: readonly Boost[]) {
  const items = new Map<string, number>()
  const categories = new Map<string, number>()
  const tags = new Map<string, number>()
  const attributes: { readonly matches: ReturnType<typeof attributeTest>; readonly factor: number }[] = []
  for (const { item, category, tag, attribute, factor } of boosts) {
    const multiply = (factors: Map<string, number>, name: string) =>
      factors.set(name, times(factors.get(name) ?? 1, factor))
    if (item !== undefined) multiply(items, item)
    else if (category !== undefined) multiply(categories, category)
    else if (tag !== undefined) multiply(tags, tag)
    else attributes.push({ matches: attributeTest(attribute!), factor })
  }
  return { items, categories, tags, attributes }
}

function byFreshness(_list: readonly Candidate[], { rules, rankedAt }: ListContext): Factor | undefined {
  const halfLifeDays = rules.freshnessHalfLifeDays
  if (halfLifeDays === undefined) return undefined
  return ({ item: { publishedAt } }) => {
    if (publishedAt === null) return 1
    const ageDays = Math.max(0, rankedAt - publishedAt) / dayMs
    return 1 + 2 ** (-ageDays / halfLifeDays)
  }
}

function byFatigue(_list: readonly Candidate[], { rules: { fatigue }, ignored, now }: ListContext): Factor | undefined {
  if (!fatigue || !ignored) return undefined
  return ({ item }) => (isFatigued(item.id, fatigue, ignored, now) ? fatigue.factor : 1)
}
