import { bytesToFloats, floatsToBytes } from '../math/bytes.ts'
import type { SideDelta } from './deltas.ts'
import { firstTouchTrendsFrom, trendHalfLivesMs } from './trends.ts'

const dayMs = 24 * 3_600_000

/**
 * An event counts in `events` if it adds at least `countedMin` to the trend counter of this index (one day). The
 * counter is capped per user (`userTrendMax`), so repeated events of one user soon add less.
 */
const countedBy = 1
const countedMin = 0.1

/**
 * Counters per predecessor. `near`: same session, weighted by 1/distance; `fresh`: the same with the fast half-life;
 * `session`: same session, weight 1; `ever`: any two touches by one user.
 */
export const pairColumns = 4
export const pairColumn = { near: 0, fresh: 1, session: 2, ever: 3 } as const

/** Maximum predecessors per item. A full row takes about 5 kB with ids of 12 bytes. */
export const predecessorsMax = 200

/** Half-lives of the pair counters: fast for `fresh`, slow for the others. */
export const slowHalfLifeMs = 365 * dayMs
export const fastHalfLifeMs = 14 * dayMs

/** Length of an era. Within one era a weight grows by at most 2^64 at the fast half-life, which fits a float32. */
const eraMs = 64 * fastHalfLifeMs

/** Returns the start of the era that contains time `at`, in ms since 1970. */
export const eraOf = (at: number): number => Math.floor(at / eraMs) * eraMs

/** Everything learned from events about one item. Bounded in size, plain data. */
export interface SideRow {
  key: string
  /** Time of the newest event. Trends are decayed to this time. */
  lastAt: number
  /** Counts without decay: events with positive weight, and distinct users who touched the item. */
  events: number
  users: number
  firstAt: number
  /** One decayed counter per entry of `trendHalfLivesMs`. */
  trend: number[]
  /** Ids of items that preceded this one in some user's history: first those of two users or more. */
  predecessors: string[]
  /**
   * For the last predecessors, those that only one user had: the hash of that user (deltas.ts), uint16 little endian.
   * Absent: none.
   */
  soleUsers?: Uint8Array
  /**
   * float32 little endian, `pairColumns` per predecessor, with forward decay (Cormode et al., ICDE 2009). Let e be the
   * era of `lastAt`. An event at t adds its part times 2^((t - e) / half-life); at query time a stored weight is
   * multiplied by 2^(-(now - e) / half-life). An event therefore changes only the weights of its own pairs. All weights
   * are rescaled only when the first event of a new era arrives.
   */
  weights: Uint8Array
}

/**
 * Returns the row after adding deltas of one key in the given order. Any split of the deltas into batches gives the
 * same row. A late event (older than `lastAt`) is added with the decay of its age; `lastAt` does not move back. When
 * the row is full, a new predecessor replaces the weakest one. Does not change `row`.
 */
export function reduceRow(row: SideRow | undefined, deltas: readonly SideDelta[]): SideRow {
  if (deltas.length === 0 && row !== undefined) return row
  const next = row === undefined ? emptyRow(deltas) : { ...row, trend: row.trend.slice() }
  const predecessors = next.predecessors.slice()
  const old = bytesToFloats(next.weights)
  const weights = new Float32Array(Math.min(predecessorsMax, predecessors.length + partnersOf(deltas)) * pairColumns)
  weights.set(old)
  const pairs: Pairs = { predecessors, weights, places: takeIndex(row), soleUsers: readSoleUsers(next.soleUsers) }
  for (const delta of deltas) {
    decayRow(next, weights, delta.timestamp)
    const behind = next.lastAt - delta.timestamp
    trendHalfLivesMs.forEach((halfLife, k) => {
      const weight = k < firstTouchTrendsFrom ? (delta.trend?.[k] ?? delta.weight) : delta.newUser * delta.weight
      next.trend[k] = Math.max(0, (next.trend[k] ?? 0) + weight * 2 ** (-behind / halfLife))
    })
    if ((delta.trend?.[countedBy] ?? delta.weight) >= countedMin) next.events++
    next.users += delta.newUser
    next.firstAt = Math.min(next.firstAt, delta.timestamp)
    addPairs(delta, eraOf(next.lastAt), pairs)
  }
  next.predecessors = predecessors
  next.weights = floatsToBytes(weights.subarray(0, predecessors.length * pairColumns))
  delete next.soleUsers
  if (pairs.soleUsers.length > 0) next.soleUsers = new Uint8Array(Uint16Array.from(pairs.soleUsers).buffer)
  if (pairs.places !== undefined) indexes.set(next, pairs.places)
  return next
}

/** Returns the number of predecessors that two users or more had: the first ones of the row. */
export const sharedPredecessors = ({ predecessors, soleUsers }: SideRow): number =>
  predecessors.length - (soleUsers?.length ?? 0) / 2

function emptyRow(deltas: readonly SideDelta[]): SideRow {
  const { key, timestamp } = deltas[0]!
  const trend = trendHalfLivesMs.map(() => 0)
  return {
    key,
    lastAt: timestamp,
    events: 0,
    users: 0,
    firstAt: timestamp,
    trend,
    predecessors: [],
    weights: new Uint8Array(0),
  }
}

function partnersOf(deltas: readonly SideDelta[]): number {
  let count = 0
  for (const delta of deltas) count += delta.partners.length
  return count
}

function decayRow(row: SideRow, weights: Float32Array, at: number): void {
  const elapsed = at - row.lastAt
  if (elapsed <= 0) return
  decayWeights(weights, eraOf(at) - eraOf(row.lastAt))
  row.lastAt = at
  trendHalfLivesMs.forEach((halfLife, k) => {
    row.trend[k] = (row.trend[k] ?? 0) * 2 ** (-elapsed / halfLife)
  })
}

/** Rescales weights to an era that starts `ms` later (earlier if negative). */
function decayWeights(weights: Float32Array, ms: number): void {
  if (ms === 0) return
  const slow = 2 ** (-ms / slowHalfLifeMs)
  const fast = 2 ** (-ms / fastHalfLifeMs)
  for (let base = 0; base < weights.length; base += pairColumns) {
    weights[base + pairColumn.near]! *= slow
    weights[base + pairColumn.fresh]! *= fast
    weights[base + pairColumn.session]! *= slow
    weights[base + pairColumn.ever]! *= slow
  }
}

/** The pairs of one row while deltas are added. */
interface Pairs {
  readonly predecessors: string[]
  readonly weights: Float32Array
  /** By predecessor: its index. undefined for short rows, which are searched. */
  places: Map<string, number> | undefined
  readonly soleUsers: number[]
}

function addPairs(delta: SideDelta, era: number, pairs: Pairs): void {
  const { predecessors, weights } = pairs
  const slow = 2 ** ((delta.timestamp - era) / slowHalfLifeMs)
  const fast = 2 ** ((delta.timestamp - era) / fastHalfLifeMs)
  let ranked = 0
  for (let k = 0; k < delta.partners.length; k++) {
    const partner = delta.partners[k]!
    let place = placeOf(partner, pairs)
    if (place < 0) {
      // Strengths are computed at the first replacement and updated from then on.
      if (predecessors.length >= predecessorsMax)
        for (; ranked < predecessorsMax; ranked++) strengths[ranked] = strengthAt(weights, ranked)
      place = claimIndex(partner, delta.user, pairs)
    } else place = withUser(place, delta.user, pairs)
    const base = place * pairColumns
    if (k < delta.inSession) {
      weights[base + pairColumn.near]! += slow / (k + 1)
      weights[base + pairColumn.fresh]! += fast / (k + 1)
      weights[base + pairColumn.session]! += slow
    }
    weights[base + pairColumn.ever]! += slow
    if (ranked > 0) strengths[place] = strengthAt(weights, place)
  }
}

/** Index of a predecessor; -1 for a new one. */
function placeOf(partner: string, pairs: Pairs): number {
  const { predecessors } = pairs
  if (predecessors.length <= searchedMax) return predecessors.indexOf(partner)
  pairs.places ??= new Map(predecessors.map((id, place) => [id, place]))
  return pairs.places.get(partner) ?? -1
}

/** Index of a new predecessor, in the place of the weakest one where the row is full. */
function claimIndex(partner: string, user: number | undefined, pairs: Pairs): number {
  const { predecessors, weights, places, soleUsers } = pairs
  let place = predecessors.length
  if (place >= predecessorsMax) {
    place = weakest()
    places?.delete(predecessors[place]!)
    weights.fill(0, place * pairColumns, (place + 1) * pairColumns)
    const shared = predecessors.length - soleUsers.length
    if (place >= shared) soleUsers[place - shared] = user ?? unknownUser
    else {
      swap(pairs, place, shared - 1)
      place = shared - 1
      soleUsers.unshift(user ?? unknownUser)
    }
  } else soleUsers.push(user ?? unknownUser)
  predecessors[place] = partner
  places?.set(partner, place)
  return user === undefined ? share(pairs, place) : place
}

/** Index of a predecessor after `user` had it: it moves to the shared ones where another user had it before. */
function withUser(place: number, user: number | undefined, pairs: Pairs): number {
  const shared = pairs.predecessors.length - pairs.soleUsers.length
  return place < shared || pairs.soleUsers[place - shared] === user ? place : share(pairs, place)
}

const unknownUser = 0

function share(pairs: Pairs, place: number): number {
  const { predecessors, soleUsers } = pairs
  const shared = predecessors.length - soleUsers.length
  swap(pairs, place, shared)
  soleUsers[place - shared] = soleUsers[0]!
  soleUsers.shift()
  return shared
}

function swap({ predecessors, weights, places }: Pairs, a: number, b: number): void {
  if (a === b) return
  const [first, second] = [predecessors[a]!, predecessors[b]!]
  predecessors[a] = second
  predecessors[b] = first
  if (places?.get(second) === b) places.set(second, a)
  if (places?.get(first) === a) places.set(first, b)
  for (let column = 0; column < pairColumns; column++) {
    const kept = weights[a * pairColumns + column]!
    weights[a * pairColumns + column] = weights[b * pairColumns + column]!
    weights[b * pairColumns + column] = kept
  }
  const kept = strengths[a]!
  strengths[a] = strengths[b]!
  strengths[b] = kept
}

function readSoleUsers(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 2 }, (_, k) => view.getUint16(2 * k, true))
}

/** Strength of each predecessor of a full row: the weakest one is replaced. */
const strengths = new Float64Array(predecessorsMax)

function strengthAt(weights: Float32Array, place: number): number {
  const base = place * pairColumns
  return 4 * weights[base + pairColumn.near]! + weights[base + pairColumn.session]! + weights[base + pairColumn.ever]!
}

/** Index of the smallest strength; the first one among equals. */
function weakest(): number {
  let found = 0
  let least = Infinity
  for (let k = 0; k < predecessorsMax; k++) {
    if (strengths[k]! >= least) continue
    least = strengths[k]!
    found = k
  }
  return found
}

/** Rows with at most this many predecessors have no index: a linear search takes about as long. */
const searchedMax = 24

/**
 * Cache of the predecessor index of long rows. It moves from a row to its successor, so that it is not rebuilt for
 * every event.
 */
const indexes = new WeakMap<SideRow, Map<string, number>>()

function takeIndex(row: SideRow | undefined): Map<string, number> | undefined {
  const known = row === undefined ? undefined : indexes.get(row)
  if (known !== undefined) indexes.delete(row!)
  return known
}
