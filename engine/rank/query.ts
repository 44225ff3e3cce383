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
  /** Items that the user comes back to, by number, and how much; see UserSnapshot.habits. */
  habits: { item: number; weight: number }[]
  /** How many of the recents, from the newest on, belong to the session that is going on at `now`. */
  inSession: number
  /** Whether the newest event is a look at an item: a view, a click, or an item put into the cart. */
  isBrowsing: boolean
  vector: Float32Array | null
}

/** What every candidate of one query has in common. */
export interface QueryContext {
  /** Items known of the user. */
  readonly recents: number
  readonly isInSession: boolean
  /** The newest event is a look at an item, not a purchase or a rating. */
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
    isBrowsing: user.types.length > 0 && isLook(typeAt(user, 0)),
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

const isLook = (type: EventType): boolean => type === 'VIEW' || type === 'CLICK' || type === 'CART'

/** Of the query for weights: see QueryContext. */
export function contextOf({ recents, inSession, isBrowsing }: Query): QueryContext {
  return { recents: recents.length, isInSession: inSession > 0, isBrowsing }
}

export function typeAt(user: UserSnapshot, place: number): EventType {
  return eventTypes[user.types[place]!]!
}
