import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { RankArgs } from '../../schema/graphql/home.ts'
import type { Item } from '../../schema/graphql/item.ts'
import { Pick } from '../../schema/graphql/recommendations.ts'
import { type PackedIgnored, packIgnored } from '../../schema/records/attention.ts'
import type { PickReason } from '../../schema/records/ranked-list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import type { RuleSet } from '../../schema/rules.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { RequestContext } from '../context.ts'
import { parseListRequest } from '../lists/list-request.ts'
import type { Candidate, ListContext } from '../lists/pipeline/list-context.ts'
import { arrange } from '../lists/pipeline/pipeline.ts'
import { present } from '../lists/pipeline/present.ts'
import { contextFor } from '../lists/recommend.ts'
import type { RankedPlaces } from '../ranking/ranking-service.ts'

const idsMax = 1_000

@Resolver()
export class RankResolver {
  @Query(() => [Pick], {
    description:
      'The given items ranked for this user, best first; unknown and unavailable ids are left out. 1..1000 ids.',
  })
  async rank(
    @Args(() => RankArgs) { userId, itemIds, placement }: RankArgs,
    @Ctx() context: RequestContext,
  ): Promise<Pick[]> {
    const request = parseListRequest({ placement }, undefined, (check) => {
      check.id(userId, 'userId')
      check.ids(itemIds, 'itemIds', 1, idsMax)
    })
    const { services } = context
    const { catalog, clock, store } = services
    const given = listedItems(itemIds, catalog)
    if (given.length === 0) return []
    const [state] = await store.get(tables.userStates, [{ partition: userId }])
    const now = clock.now()
    const { generation } = catalog
    const ranked = await context.compute.rank({ itemIds: given.map(({ id }) => id), state, now })
    // Items may have changed while they were ranked.
    const current = generation === catalog.generation ? given : given.map(({ id }) => catalog.get(id))
    const wanted = { ...request, first: given.length, allVariants: true }
    const ignored = ignoredIn(state, services.rulesInForce.rulesFor(request.placement, userId).rules)
    const listContext = contextFor(userId, wanted, { rankedAt: now, seed: userId, ignored }, services)
    const candidates = candidatesOf(ranked, current, listContext)
    return present(arrange(candidates, listContext, notRanked(candidates)), catalog)
  }
}

/** Impressions without a reaction; the state is decoded only where a rule reads them. */
const ignoredIn = (state: Uint8Array | undefined, { fatigue }: RuleSet): PackedIgnored | undefined =>
  fatigue && state ? packIgnored(decodeUserState(state).profile.attention) : undefined

/** The available items with these ids, without duplicates. */
function listedItems(itemIds: readonly string[], catalog: Catalog): Item[] {
  const items = new Set<Item>()
  for (const id of itemIds) {
    const item = catalog.get(id)
    if (item?.isListed) items.add(item)
  }
  return [...items]
}

/** Pins apply only to items that were given, and to none that the user rejected. */
function notRanked(candidates: readonly Candidate[]): (itemId: string) => boolean {
  let ids: Set<string> | undefined
  return (itemId) => {
    ids ??= new Set(candidates.flatMap(({ item, isFill }) => (isFill ? [] : item.id)))
    return !ids.has(itemId)
  }
}

/**
 * All given items, also several of one group. Items that the user rejected, and those that the ranking has not read yet,
 * come last.
 */
function candidatesOf(
  { places, scores, reasonOf, reasons }: RankedPlaces,
  given: readonly (Item | undefined)[],
  { isEligible }: ListContext,
): Candidate[] {
  const candidates: Candidate[] = []
  const isRanked = new Uint8Array(given.length)
  for (let k = 0; k < places.length; k++) {
    const index = places[k]!
    const item = given[index]
    isRanked[index] = 1
    if (!item || !isEligible(item)) continue
    const known = reasons[reasonOf[k]!]!
    const { publishedAt } = item
    const reason: PickReason = known.kind === 'new' && publishedAt !== null ? { kind: 'new', publishedAt } : known
    candidates.push({ item, score: scores[k]!, reason })
  }
  const floor = Math.min(0, scores.at(-1) ?? 0)
  given.forEach((item, index) => {
    if (isRanked[index] === 1 || !item || !isEligible(item)) return
    candidates.push({ item, score: floor, reason: undatedArrival, isFill: true })
  })
  return candidates
}

const undatedArrival: PickReason = { kind: 'new', publishedAt: null }
