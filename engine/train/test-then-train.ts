import { type SideDelta, sideDeltasOf } from '../items/deltas.ts'
import { reduceRow, type SideRow } from '../items/row.ts'
import { Recommender } from '../recommender.ts'
import type { Interaction } from '../types.ts'
import { applyInteraction, emptyProfile, refreshVector, type UserProfile } from '../user/profile.ts'
import { isPositive } from '../user/signals.ts'
import { toSnapshot, type UserSnapshot } from '../user/snapshot.ts'
import { eventAt, type TrainingLog } from './log.ts'
import type { TrainedModel } from './model.ts'

/**
 * The running system in one object, for evaluation: applies events one by one, in log order, to user profiles and item
 * rows.
 */
export class OnlineReplay {
  readonly profiles = new Map<string, UserProfile>()
  readonly rows = new Map<string, SideRow>()
  private readonly replica = new Recommender()
  private readonly changed = new Set<string>()
  model: TrainedModel | null = null

  constructor(catalog: TrainingLog['catalog']) {
    for (const item of catalog) this.replica.putItem(item)
  }

  setModel(model: TrainedModel | null): void {
    this.model = model
    this.replica.setModel(model)
  }

  /** Changed rows are merged when the recommender is read, not at every event. */
  get recommender(): Recommender {
    for (const key of this.changed) this.replica.putRow(this.rows.get(key)!)
    this.changed.clear()
    return this.replica
  }

  /** The vector is computed only when a snapshot is read. */
  snapshotOf(userId: string): UserSnapshot {
    const profile = this.profiles.get(userId) ?? emptyProfile(userId)
    return toSnapshot(this.model === null ? profile : refreshVector(profile, this.model))
  }

  /** Returns how many events of the user were applied. */
  eventsOf(userId: string): number {
    return this.profiles.get(userId)?.events ?? 0
  }

  private readonly waiting: SideDelta[] = []

  apply(event: Interaction, seq: number): void {
    this.learnUser(event, seq)
    this.learnItems()
  }

  /** Applies an event to its user's profile. Its item-side deltas are queued until `learnItems`. */
  learnUser(event: Interaction, seq: number): void {
    const before = this.profiles.get(event.userId) ?? emptyProfile(event.userId)
    const after = applyInteraction(before, event, seq, { model: null })
    this.profiles.set(event.userId, after)
    this.waiting.push(...sideDeltasOf(after, seq))
  }

  learnItems(): void {
    for (const delta of this.waiting) {
      const row = reduceRow(this.rows.get(delta.key), [delta])
      this.rows.set(delta.key, row)
      this.changed.add(delta.key)
    }
    this.waiting.length = 0
  }
}

/**
 * `events`: each event is applied right after its own query. `baskets`: all events of one timestamp are queried before
 * any of them is applied.
 */
export type WalkMode = 'events' | 'baskets'

export interface WalkOptions {
  mode: WalkMode
  /** Log index of the first query. */
  from: number
  /** Time at which an event of the given time becomes visible. Default: immediately. */
  visibleAt?: (at: number) => number
  /** Called for every event from `from` on, scored or not, before its query and before it is applied. */
  onEvent?: (event: Interaction, place: number) => void
  /**
   * Called before a scored event is applied. `touched`: items its user touched, including events that are not visible
   * yet.
   */
  onQuery: (event: Interaction, place: number, touched: ReadonlySet<string>) => void
}

/**
 * Test-then-train (prequential) evaluation. From `from` on, calls `onQuery` for each positive event whose item is new
 * to its user and known from any user, then applies the event. Yields the log index regularly.
 */
export function* testThenTrain(
  log: TrainingLog,
  replay: Pick<OnlineReplay, 'apply'>,
  options: WalkOptions,
): Generator<number, void> {
  const touched = new Map<number, Set<string>>()
  const known = new Uint8Array(log.itemIds.length)
  const knownAt = options.visibleAt ?? ((at) => at)
  const lags = options.visibleAt !== undefined
  let waiting = 0
  for (let start = 0; start < log.size; ) {
    const end = options.mode === 'baskets' && start >= options.from ? groupEnd(log, start) : start + 1
    const now = log.times[start]!
    for (; lags && waiting < start && (waiting < options.from || knownAt(log.times[waiting]!) <= now); waiting++)
      replay.apply(eventAt(log, waiting), waiting)
    // Which events are scored depends on log order only, so both modes score the same events.
    const inGroup = new Set<number>()
    for (let place = start; place < end && place >= options.from; place++) {
      const event = eventAt(log, place)
      const met = touched.get(log.users[place]!) ?? noItems
      const pair = log.users[place]! * log.itemIds.length + log.items[place]!
      const isScored =
        isPositive(event) && known[log.items[place]!] === 1 && !met.has(event.itemId) && !inGroup.has(pair)
      inGroup.add(pair)
      known[log.items[place]!] = 1
      options.onEvent?.(event, place)
      if (isScored) options.onQuery(event, place, met)
    }
    for (let place = start; place < end; place++) {
      known[log.items[place]!] = 1
      let met = touched.get(log.users[place]!)
      if (met === undefined) touched.set(log.users[place]!, (met = new Set()))
      met.add(log.itemIds[log.items[place]!]!)
      if (!lags) replay.apply(eventAt(log, place), place)
      if (place % 500 === 0) yield place
    }
    start = end
  }
}

const noItems: ReadonlySet<string> = new Set()

/** Returns the index after the last event that has the timestamp of the event at `start`. */
export function groupEnd(log: TrainingLog, start: number): number {
  let end = start + 1
  while (end < log.size && log.times[end] === log.times[start]) end++
  return end
}
