import type { SideRow } from './items/row.ts'
import { TREND_HALF_LIVES_MS } from './items/row.ts'
import { Accumulator } from './rank/accumulator.ts'
import { DEFAULT_WEIGHTS, F, FEATURES, fillFeatures, strongestCategories } from './rank/features.ts'
import { type Query, resolveQuery, typeAt } from './rank/query.ts'
import { collectContent, collectPairs, collectTaste, collectTrends, SUM, SUMS } from './rank/sources.ts'
import { TopK } from './rank/top-k.ts'
import { ItemSide } from './replica/item-side.ts'
import type { TrainedModel } from './train/model.ts'
import type { ItemMeta, Ranked, Reason, TrendWindow } from './types.ts'
import type { UserSnapshot } from './user/snapshot.ts'

export interface RecommenderOptions {
  /** Greatest `limit` of any call. */
  limitMax?: number
}

export interface ListOptions {
  limit: number
  /** Item ids that must not be listed. */
  exclude?: ReadonlySet<string>
  /** Asked of candidates only, best first. */
  allow?: (itemId: string) => boolean
}

export interface RecommendOptions extends ListOptions {
  /** Milliseconds since 1970, in the log's time. */
  now: number
  /** 0: by score alone; 1: as varied as possible. */
  diversity?: number
  /** 0: none; otherwise the share of noise in the ranking, drawn from `seed`. */
  exploration?: number
  seed?: number
  includeSeen?: boolean
}

/** One in-memory replica of the item side, and the ranking over it. */
export class Recommender {
  private readonly side = new ItemSide()
  private readonly sums = new Accumulator(SUMS.length)
  private readonly best: TopK
  private readonly limitMax: number
  private model: TrainedModel | null = null
  private rowsToItems = new Int32Array(0)
  private barred = new Uint32Array(0)
  private bar = 0
  private features = new Float32Array(0)

  constructor(options: RecommenderOptions = {}) {
    this.limitMax = options.limitMax ?? 1000
    this.best = new TopK(this.limitMax)
  }

  putItem(item: ItemMeta): void {
    this.side.putItem(item)
  }

  removeItem(id: string): void {
    this.side.removeItem(id)
  }

  putRow(row: SideRow): void {
    this.side.putRow(row)
  }

  dropRow(key: string): void {
    this.side.dropRow(key)
  }

  setModel(model: TrainedModel | null): void {
    this.model = model
    this.rowsToItems = Int32Array.from(model?.items ?? [], (id) => this.side.numberOf(id))
  }

  recommend(user: UserSnapshot, options: RecommendOptions): Ranked[] {
    const { side, sums, model } = this
    const query = resolveQuery(user, options.now, side, model)
    this.barItems(options, options.includeSeen ? user.rejected : [...user.seen, ...user.rejected])
    sums.begin(side.size)
    collectPairs(query, side, sums)
    collectContent(query, side, sums)
    if (model !== null) collectTaste(query, model, this.rowsToItems, this.best, 100, sums)
    collectTrends(side, 100, (item) => this.isEligible(item), sums)
    const items = sums.touched
    this.room(sums.count)
    fillFeatures(query, side, sums, items, sums.count, this.features)
    const weights = model?.blend?.[query.inSession > 0 ? 'inSession' : 'atStart'] ?? DEFAULT_WEIGHTS
    return this.pick(sums.count, items, weights, options, (item, source) => this.reasonOf(user, query, item, source))
  }

  similar(itemId: string, options: ListOptions): Ranked[] {
    return this.around([itemId], options, [0, 0, 1, 0.3, 0, 0, 0, 0, 0.01, 0.01, 0.1])
  }

  together(itemIds: string[], options: ListOptions): Ranked[] {
    return this.around(itemIds, options, [0.5, 1, 0.5, 0.05, 0, 0, 0, 0, 0.01, 0.01, 0])
  }

  trending(window: TrendWindow, options: ListOptions): Ranked[] {
    this.barItems(options, [])
    const ranked: Ranked[] = []
    const board = this.side.trends.board(WINDOWS.indexOf(window))
    for (const item of board) {
      if (ranked.length >= options.limit) break
      if (!this.isEligible(item) || !this.isAllowed(item, options)) continue
      ranked.push({
        itemId: this.side.ids[item]!,
        score: 1 / (1 + ranked.length),
        reason: { kind: 'popular', window },
        source: 'trend',
      })
    }
    return this.fillUp(ranked, options)
  }

  private around(itemIds: readonly string[], options: ListOptions, weights: readonly number[]): Ranked[] {
    const { side, sums } = this
    const known = itemIds.map((id) => side.find(id)).filter((item) => item !== undefined)
    const now = Math.max(0, ...known.map((item) => side.rows[item]?.at ?? 0))
    const query: Query = {
      now,
      recents: known,
      places: known.map((_, place) => place),
      ages: known.map(() => 0),
      strengths: known.map(() => 1),
      repeats: known.map(() => 1),
      inSession: known.length,
      vector: null,
    }
    this.barItems(options, itemIds)
    sums.begin(side.size)
    collectPairs(query, side, sums)
    collectContent(query, side, sums)
    this.room(sums.count)
    fillFeatures(query, side, sums, sums.touched, sums.count, this.features)
    return this.pick(sums.count, sums.touched, weights, options, (item) => {
      const recent = sums.because[item]!
      const because = itemIds[Math.max(0, recent)]!
      return { kind: 'because', itemId: because, eventType: 'VIEW' }
    })
  }

  private pick(
    count: number,
    items: Int32Array,
    weights: readonly number[],
    options: ListOptions,
    reason: (item: number, source: number) => Reason,
  ): Ranked[] {
    const wanted = Math.min(options.limit, this.limitMax)
    const { best, features } = this
    best.begin(wanted)
    for (let c = 0; c < count; c++) {
      const item = items[c]!
      if (!this.isEligible(item)) continue
      let score = 0
      for (let f = 0, at = c * F; f < F; f++) score += weights[f]! * features[at + f]!
      if (score <= best.threshold || !this.isAllowed(item, options)) continue
      best.offer(c, score)
    }
    const places = new Int32Array(wanted)
    const scores = new Float64Array(wanted)
    const found = best.drain(places, scores)
    const ranked: Ranked[] = []
    for (let k = 0; k < found; k++) {
      const item = items[places[k]!]!
      const source = strongest(features, places[k]!, weights)
      ranked.push({
        itemId: this.side.ids[item]!,
        score: scores[k]!,
        reason: reason(item, source),
        source: FEATURES[source]!,
      })
      this.barred[item] = this.bar
    }
    return this.fillUp(ranked, options)
  }

  /** New arrivals, then whatever is left in catalogue order: a list is not shorter than the items that may stand in it. */
  private fillUp(ranked: Ranked[], options: ListOptions): Ranked[] {
    const { side } = this
    for (const entry of ranked) this.barred[side.find(entry.itemId)!] = this.bar
    const take = (item: number, source: string) => {
      if (!this.isEligible(item) || !this.isAllowed(item, options)) return
      this.barred[item] = this.bar
      const publishedAt = side.metas[item]?.publishedAt ?? null
      ranked.push({ itemId: side.ids[item]!, score: 0, reason: { kind: 'new', publishedAt }, source })
    }
    for (let k = side.arrivals.length - 1; k >= 0 && ranked.length < options.limit; k--) take(side.arrivals[k]!, 'new')
    for (let item = 0; item < side.size && ranked.length < options.limit; item++) take(item, 'catalogue')
    return ranked
  }

  private reasonOf(user: UserSnapshot, query: Query, item: number, source: number): Reason {
    const recent = this.sums.because[item]!
    if (source <= SUM.content && recent >= 0) {
      const place = query.places[recent]!
      return { kind: 'because', itemId: user.items[place]!, eventType: typeAt(user, place) }
    }
    if (source > SUM.taste && source < F - 1) {
      const window = WINDOWS[Math.min(source - SUMS.length, WINDOWS.length - 1)]!
      return { kind: 'popular', window }
    }
    return { kind: 'taste', categories: strongestCategories(query, this.side) }
  }

  private barItems(options: ListOptions, ids: Iterable<string>): void {
    if (this.barred.length < this.side.size) this.barred = new Uint32Array(this.side.size * 2)
    this.bar = this.bar === 0xffffffff ? 1 : this.bar + 1
    for (const id of ids) this.barOne(id)
    if (options.exclude) for (const id of options.exclude) this.barOne(id)
  }

  private barOne(id: string): void {
    const item = this.side.find(id)
    if (item !== undefined) this.barred[item] = this.bar
  }

  private isEligible(item: number): boolean {
    return this.barred[item] !== this.bar && this.side.isAvailable(item)
  }

  private isAllowed(item: number, options: ListOptions): boolean {
    return options.allow === undefined || options.allow(this.side.ids[item]!)
  }

  private room(candidates: number): void {
    if (this.features.length < candidates * F) this.features = new Float32Array((candidates + (candidates >> 1)) * F)
  }
}

const WINDOWS: readonly TrendWindow[] = ['HOUR', 'DAY', 'WEEK']
if (WINDOWS.length > TREND_HALF_LIVES_MS.length) throw new Error('every trend window needs a half-life')

function strongest(features: Float32Array, place: number, weights: readonly number[]): number {
  let found = 0
  let most = -Infinity
  for (let f = 0; f < F; f++) {
    const part = weights[f]! * features[place * F + f]!
    if (part > most) {
      most = part
      found = f
    }
  }
  return found
}
