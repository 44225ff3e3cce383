import { sessionGapMs } from '../items/deltas.ts'
import { bytesToFloats } from '../math/bytes.ts'
import type { ItemSide } from '../replica/item-side.ts'
import type { TrainedModel } from '../train/model.ts'
import { type EventType, eventTypes } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'

/** A snapshot in the replica's numbers. */
export interface Query {
  now: number
  mayRepeat: boolean
  /** Numbers of the recent items as the snapshot has them, newest first; -1 for one that is not known. */
  recents: number[]
  strengths: number[]
  /** How many of the recents, from the newest on, belong to the session that is going on at `now`. */
  inSession: number
  vector: Float32Array | null
}

export function resolveQuery(
  user: UserSnapshot,
  now: number,
  side: ItemSide,
  model: TrainedModel | null,
  mayRepeat = false,
): Query {
  const usable = user.vector !== null && model !== null && user.modelVersion === model.version
  const query: Query = {
    now,
    mayRepeat,
    recents: [],
    strengths: [],
    inSession: 0,
    vector: usable ? bytesToFloats(user.vector!) : null,
  }
  let open = true
  let newer = now
  for (let place = 0; place < user.items.length; place++) {
    const at = user.newestAt - user.ages[place]! * 1000
    open &&= newer - at <= sessionGapMs
    newer = at
    query.recents.push(side.find(user.items[place]!) ?? -1)
    query.strengths.push(user.strengths[place]! / 8)
    if (open) query.inSession = query.recents.length
  }
  return query
}

export function typeAt(user: UserSnapshot, place: number): EventType {
  return eventTypes[user.types[place]!]!
}
