import type { Item } from '../../../schema/graphql/item.ts'
import {
  BecauseOfItem,
  ChosenByShop,
  MatchesTaste,
  NewArrival,
  Pick,
  PopularNow,
  type Reason,
} from '../../../schema/graphql/recommendations.ts'
import type { PickReason } from '../../../schema/records/ranked-list.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Candidate } from './list-context.ts'

/** Converts candidates to the picks of the API, ranked from 1. */
export function present(list: readonly Candidate[], catalog: Catalog): Pick[] {
  const shared = new Map<PickReason, Reason>() // most picks have the reason of others
  const presented = ({ reason, item }: Candidate): Reason => {
    const known = shared.get(reason)
    if (known) return known
    const made = presentReason(reason, item, catalog)
    const isAboutItem = reason.kind === 'because' && made instanceof MatchesTaste
    if (!isAboutItem) shared.set(reason, made)
    return made
  }
  return list.map((candidate, n) => new Pick(n + 1, candidate.score, candidate.item, presented(candidate)))
}

function presentReason(reason: PickReason, item: Item, catalog: Catalog): Reason {
  switch (reason.kind) {
    case 'because': {
      const because = catalog.get(reason.itemId)
      // An event may name an item that is not in the catalog.
      return because ? new BecauseOfItem(because, reason.eventType) : new MatchesTaste(item.categories)
    }
    case 'popular':
      return new PopularNow(reason.window)
    case 'taste':
      return new MatchesTaste(reason.categories)
    case 'new':
      return new NewArrival(reason.publishedAt)
    case 'pinned':
      return new ChosenByShop('pin')
  }
}
