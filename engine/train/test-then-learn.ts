import { deltasOf } from '../items/deltas.ts'
import { reduceRow, type SideRow } from '../items/row.ts'
import { Recommender } from '../recommender.ts'
import type { Interaction } from '../types.ts'
import { applyInteraction, emptyProfile, refreshVector, type UserProfile } from '../user/profile.ts'
import { isPositive } from '../user/signals.ts'
import { toSnapshot } from '../user/snapshot.ts'
import { eventAt, type TrainingLog } from './log.ts'
import type { Figures, TrainedModel } from './model.ts'

/** Length of the lists that are judged. */
export const JUDGED = 20

/** The whole running system in one object: users and item side learn event by event, in the log's order. */
export class LiveWorld {
  readonly profiles = new Map<string, UserProfile>()
  readonly rows = new Map<string, SideRow>()
  readonly recommender = new Recommender()
  readonly model: TrainedModel | null

  constructor(model: TrainedModel | null, catalogue: TrainingLog['catalogue']) {
    this.model = model
    for (const item of catalogue) this.recommender.putItem(item)
    this.recommender.setModel(model)
  }

  profileOf(userId: string): UserProfile {
    return this.profiles.get(userId) ?? emptyProfile(userId)
  }

  learn(event: Interaction, seq: number, withVector = true): void {
    const context = { model: withVector ? this.model : null }
    const after = applyInteraction(this.profileOf(event.userId), event, seq, context)
    this.profiles.set(event.userId, after)
    for (const delta of deltasOf(after, seq)) {
      const row = reduceRow(this.rows.get(delta.key), [delta])
      this.rows.set(delta.key, row)
      this.recommender.putRow(row)
    }
  }
}

/**
 * Walks the log; from `from` on, asks for a list before each positive event whose item is new to its user and known to somebody, then reveals the
 * event. Yields the share done.
 */
export function* testThenLearn(
  log: TrainingLog,
  options: { from: number; model: TrainedModel | null; scoredMax: number },
): Generator<number, Figures> {
  const world = new LiveWorld(options.model, log.catalogue)
  const figures = { hr: 0, mrr: 0, ndcg: 0, n: 0 }
  const known = new Set<number>()
  const touched = new Set<number>()
  const every = Math.max(1, Math.floor((log.size - options.from) / options.scoredMax))
  for (let place = 0; place < log.size; place++) {
    const event = eventAt(log, place)
    const pair = log.users[place]! * log.itemIds.length + log.items[place]!
    const isScored = isPositive(event) && !touched.has(pair) && known.has(log.items[place]!)
    if (place >= options.from && place % every === 0 && isScored) score(world, event, figures)
    world.learn(event, place, place >= options.from)
    known.add(log.items[place]!)
    touched.add(pair)
    if (place % 2000 === 0) yield place / log.size
  }
  const n = Math.max(1, figures.n)
  return { hr: figures.hr / n, mrr: figures.mrr / n, ndcg: figures.ndcg / n, n: figures.n }
}

function score(world: LiveWorld, event: Interaction, figures: Figures): void {
  const profile = world.profileOf(event.userId)
  const current = profile.modelVersion === (world.model?.version ?? 0) ? profile : refreshVector(profile, world.model)
  const user = toSnapshot(current)
  const list = world.recommender.recommend(user, { now: event.at, limit: JUDGED })
  const rank = list.findIndex((entry) => entry.itemId === event.itemId) + 1
  figures.n++
  if (rank === 0) return
  figures.hr++
  figures.mrr += 1 / rank
  figures.ndcg += 1 / Math.log2(rank + 1)
}
