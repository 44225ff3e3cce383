import { bytesToFloats, floatsToBytes } from '../math/bytes.ts'
import type { SideDelta } from './deltas.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Half-lives of the trend counters. The first counters count all events, shortest half-life first; those from index
 * `firstTouchTrendsFrom` on count only each user's first touch of the item. The order is part of the stored format:
 * append only.
 */
export const trendHalfLivesMs = [
  hourMs,
  dayMs,
  7 * dayMs,
  30 * dayMs,
  365 * dayMs,
  7 * dayMs,
  30 * dayMs,
  dayMs,
] as const
/**
 * First-touch counters separate discovery from repeat purchases: an item that few users buy often does not trend among
 * new users.
 */
const firstTouchTrendsFrom = 5

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
  /** Ids of items that preceded this one in some user's history. */
  predecessors: string[]
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
  const places = buildIndex(row, predecessors)
  for (const delta of deltas) {
    decayRow(next, weights, delta.timestamp)
    const behind = next.lastAt - delta.timestamp
    trendHalfLivesMs.forEach((halfLife, k) => {
      const weight = k < firstTouchTrendsFrom ? delta.weight : delta.newUser * delta.weight
      next.trend[k] = Math.max(0, (next.trend[k] ?? 0) + weight * 2 ** (-behind / halfLife))
    })
    if (delta.weight > 0) next.events++
    next.users += delta.newUser
    next.firstAt = Math.min(next.firstAt, delta.timestamp)
    addPairs(delta, eraOf(next.lastAt), predecessors, weights, places)
  }
  next.predecessors = predecessors
  next.weights = floatsToBytes(weights.subarray(0, predecessors.length * pairColumns))
  indexes.set(next, places)
  return next
}

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

function addPairs(
  delta: SideDelta,
  era: number,
  predecessors: string[],
  weights: Float32Array,
  places: Map<string, number>,
): void {
  const slow = 2 ** ((delta.timestamp - era) / slowHalfLifeMs)
  const fast = 2 ** ((delta.timestamp - era) / fastHalfLifeMs)
  let ranked = 0
  for (let k = 0; k < delta.partners.length; k++) {
    const partner = delta.partners[k]!
    let place = places.get(partner)
    if (place === undefined) {
      // Strengths are computed at the first replacement and updated from then on.
      if (predecessors.length >= predecessorsMax)
        for (; ranked < predecessorsMax; ranked++) strengths[ranked] = strengthAt(weights, ranked)
      place = claimIndex(partner, predecessors, weights, places)
    }
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

function claimIndex(
  partner: string,
  predecessors: string[],
  weights: Float32Array,
  places: Map<string, number>,
): number {
  let place = predecessors.length
  if (place >= predecessorsMax) {
    place = weakest()
    places.delete(predecessors[place]!)
    weights.fill(0, place * pairColumns, (place + 1) * pairColumns)
  }
  predecessors[place] = partner
  places.set(partner, place)
  return place
}

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

/**
 * Cache of each row's predecessor index. It moves from a row to its successor, so that it is not rebuilt for every
 * event.
 */
const indexes = new WeakMap<SideRow, Map<string, number>>()

function buildIndex(row: SideRow | undefined, predecessors: readonly string[]): Map<string, number> {
  const known = row === undefined ? undefined : indexes.get(row)
  if (known !== undefined) {
    indexes.delete(row!)
    return known
  }
  return new Map(predecessors.map((id, place) => [id, place]))
}
