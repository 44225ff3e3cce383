import type { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { ListEntry } from '../lists/list-cache.ts'
import type { AppliedRules } from '../lists/pipeline/applied-rules.ts'
import { type RecommendDeps, recommend, type UserListRequest } from '../lists/recommend.ts'
import type { Feed } from './feed.ts'
import type { ViewContent } from './live-view.ts'
import { OpenViews, type OpenViewsDeps } from './open-views.ts'
import type { Built, Shown } from './view-state.ts'

type Deps = RecommendDeps & OpenViewsDeps

/** Open lists visited in one turn of the event loop. */
const slice = 200

/** All open lists of users: they follow topic lists, the catalog and the rules. */
export class RecommendationsFeeds {
  private readonly views: OpenViews<Recommendations>

  constructor(private readonly deps: Deps) {
    this.views = new OpenViews(slice, deps)
  }

  feed(userId: string, request: UserListRequest, key: string, since?: string): Feed<Recommendations> {
    return {
      key,
      since,
      canResume: true,
      canRepeat: true,
      open: (emit) =>
        this.views.open(new ListContent(userId, request, this.deps), ({ value, change, headers }) => {
          emit({ value, revision: value.revision, isRepeat: change === 'content', headers })
        }),
    }
  }

  close(): void {
    this.views.close()
  }
}

class ListContent implements ViewContent<Recommendations> {
  constructor(
    readonly userId: string,
    private readonly request: UserListRequest,
    private readonly deps: Deps,
  ) {}

  get placement(): string | null {
    return this.request.placement
  }

  build(entry: ListEntry): Built<Recommendations> | Promise<Built<Recommendations>> {
    const list = recommend(this.userId, entry, this.request, this.deps)
    return list instanceof Promise ? list.then(built) : built(list)
  }

  /**
   * Whether a changed item must leave the list, may fill an empty position, or may be arranged differently by the
   * rules.
   */
  isConcerned(changed: ReadonlySet<string>, { items }: Shown, { isPlain, rules }: AppliedRules): boolean {
    const { pins = [] } = rules
    const isListed = items.some((id) => changed.has(id) && !(isPlain && this.isEligible(id)))
    if (isListed || (!isPlain && pins.some(({ item }) => changed.has(item)))) return true
    return items.length < this.request.first && [...changed].some((id) => this.isEligible(id) && !items.includes(id))
  }

  private isEligible(id: string): boolean {
    const item = this.deps.catalog.get(id)
    return item !== undefined && this.request.isEligible(item) && !this.request.exclude.has(id)
  }
}

function built(value: Recommendations): Built<Recommendations> {
  const { revision, variant, picks } = value
  return { value, shown: { revision, label: variant, items: picks.map(({ item }) => item.id) } }
}
