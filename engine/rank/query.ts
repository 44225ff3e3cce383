import { sessionGapMs } from '../items/deltas.ts'
import { bytesToFloats } from '../math/bytes.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { type EventType, eventTypes } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'

/** A snapshot in the replica's numbers. */
export interface Query {
  now: number
  mayRepeat: boolean
  /** Numbers of the recent items as the snapshot has them, newest first; -1 for one that is not known. */
  recents: number[]
  strengths: number[]
  /** Items that the user buys or rates repeatedly, each with its decayed frequency; see UserSnapshot.habits. */
  habits: { item: number; weight: number }[]
  /** Number of recents, from the newest on, that belong to the session at `now`; 0 at the start of a session. */
  inSession: number
  /** Whether the newest event is a VIEW, CLICK or CART. */
  isBrowsing: boolean
  vector: Float32Array | null
}

/** What every candidate of one query has in common. */
export interface QueryContext {
  /** Number of recent items. */
  readonly recents: number
  readonly isInSession: boolean
  /** See Query.isBrowsing. */
  readonly isBrowsing: boolean
}

export function resolveQuery(
  user: UserSnapshot,
  now: number,
  side: ItemSide,
  modelVersion: number | null,
  mayRepeat = false,
): Query {
  const usable = user.vector !== null && user.modelVersion === modelVersion
  const query: Query = {
    now,
    mayRepeat,
    recents: [],
    strengths: [],
    habits: habitsOf(user, side),
    inSession: 0,
    isBrowsing: user.types.length > 0 && isBrowsingType(typeAt(user, 0)),
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

function habitsOf({ habits = [], seen }: UserSnapshot, side: ItemSide): Query['habits'] {
  const found: Query['habits'] = []
  for (let n = 0; n < habits.length; n += 2) {
    const item = side.find(seen[habits[n]!]!)
    if (item !== undefined) found.push({ item, weight: habits[n + 1]! / 100 })
  }
  return found
}

const isBrowsingType = (type: EventType): boolean => type === 'VIEW' || type === 'CLICK' || type === 'CART'

/** Returns what the choice of weights depends on. */
export function contextOf({ recents, inSession, isBrowsing }: Query): QueryContext {
  return { recents: recents.length, isInSession: inSession > 0, isBrowsing }
}

export function typeAt(user: UserSnapshot, place: number): EventType {
  return eventTypes[user.types[place]!]!
}
