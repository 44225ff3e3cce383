import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Mean } from '../../../engine/math/mean.ts'
import { type TrainingLog, TrainingLogBuilder } from '../../../engine/train/log.ts'
import type { TrainedModel } from '../../../engine/train/model.ts'
import { OnlineReplay } from '../../../engine/train/test-then-train.ts'
import type { Interaction } from '../../../engine/types.ts'

/**
 * Leave-one-out, strict: per user the last item is the target and the one before is for validation only. Models learn
 * from all but the last two items of every user; the query knows all but the last. All items that are not in the
 * user's history are ranked.
 */
export interface LeaveOneOutFigures {
  readonly hr10: number
  readonly ndcg10: number
  /** Standard errors. */
  readonly errors: { readonly hr10: number; readonly ndcg10: number }
  readonly n: number
}

const spanMs = 45 * 60_000
const beginsAt = Date.UTC(2014, 0, 1)
const listed = 10

/** One user per line: `user item item …`, in order of time. */
export function readSequences(file: string): Map<string, string[]> {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const sequences = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [user, ...items] = line.trim().split(/\s+/)
    if (user !== undefined && user !== '') sequences.set(user, items)
  }
  return sequences
}

/**
 * Sequences have an order and no times: event k of n lies at the share (k + 1) / n of one span, shorter than a
 * session, so that the end of the log is the end of every sequence.
 *
 * @param usersMax approximate number of users that are queried; at most all
 */
export function* evaluateLeaveOneOut(
  sequences: ReadonlyMap<string, readonly string[]>,
  train: (known: TrainingLog) => Generator<string, TrainedModel>,
  usersMax = Number.POSITIVE_INFINITY,
): Generator<string, LeaveOneOutFigures> {
  const events: Interaction[] = []
  for (const [userId, items] of sequences) {
    for (const [k, itemId] of items.entries()) {
      const timestamp = beginsAt + Math.floor((spanMs * (k + 1)) / items.length)
      events.push({ eventId: `${userId}-${k}`, userId, itemId, type: 'PURCHASE', value: null, quantity: 1, timestamp })
    }
  }
  events.sort((a, b) => a.timestamp - b.timestamp)
  const place = new Map<string, number>()
  const held: Interaction[] = []
  const builder = new TrainingLogBuilder()
  const world = new OnlineReplay([])
  for (const [seq, event] of events.entries()) {
    const k = place.get(event.userId) ?? 0
    place.set(event.userId, k + 1)
    const left = sequences.get(event.userId)!.length - k
    if (left > 2) {
      builder.add(event)
      world.apply(event, seq)
    } else held.push(event)
    if (seq % 5000 === 0) yield `learn ${Math.round((100 * seq) / events.length)} %`
  }
  world.setModel(yield* train(builder.build([])))
  const [hit, gain] = [new Mean(), new Mean()]
  const every = Math.max(1, Math.floor(sequences.size / usersMax))
  let users = 0
  const prefix = new Set<string>()
  for (const [k, event] of held.entries()) {
    if (!prefix.has(event.userId)) {
      prefix.add(event.userId)
      world.learnUser(event, events.length + k)
      continue
    }
    if (users++ % every !== 0) continue
    const list = world.recommender.recommend(world.snapshotOf(event.userId), {
      now: event.timestamp,
      limit: listed,
      exclude: new Set(sequences.get(event.userId)!.slice(0, -1)),
    })
    const rank = list.findIndex(({ itemId }) => itemId === event.itemId) + 1
    hit.add(rank > 0 ? 1 : 0)
    gain.add(rank > 0 ? 1 / Math.log2(rank + 1) : 0)
  }
  return { hr10: hit.value, ndcg10: gain.value, errors: { hr10: hit.error, ndcg10: gain.error }, n: hit.n }
}
