import type { IdentifiedList, IssuedId, RecommendationIds } from '../../schema/recommendation-id.ts'
import type { StoredList } from '../../schema/records/list.ts'
import { ArrangedLists } from './pipeline/arranged-lists.ts'

/**
 * Caches the last answer from each list: the arranged picks and the id. Most requests for a list have the same
 * arguments. The key is the list object, so entries are dropped with the list.
 */
export class AnsweredLists {
  readonly arranged = new ArrangedLists()
  private readonly lastIssued = new WeakMap<
    StoredList,
    { readonly issued: IssuedId; readonly variant: string | null }
  >()

  constructor(private readonly ids: RecommendationIds) {}

  /** Returns the id of an answer from this list. Reuses the last id if nothing has changed that the id depends on. */
  idOf(list: StoredList, identified: IdentifiedList): string {
    const { variant } = identified
    const last = this.lastIssued.get(list)
    const before = last?.variant === variant ? last.issued : undefined
    const issued = this.ids.issue(identified, before)
    if (issued !== before) this.lastIssued.set(list, { issued, variant })
    return issued.id
  }
}
