import { bytesToFloats, floatsToBytes } from '../math/bytes.ts'
import type { SideDelta } from './deltas.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Half-lives of the trend counters: of all events, shortest first; from firstTouchTrendsFrom on, of each user's first touch of the item alone. Append only. */
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
/** What is bought again and again by those who know it differs from what is found by those who do not. */
const firstTouchTrendsFrom = 5

/** Counters per predecessor: near in the session (1/distance), the same fading fast, in one session at all, ever by one user. */
export const pairColumns = 4
export const pairColumn = { near: 0, fresh: 1, session: 2, ever: 3 } as const

/** Predecessors kept per item. With ids of 12 bytes a full row takes about 5 kB. */
export const predecessorsMax = 200

/** Half-life of the pair counters, and of the fast one among them. */
export const slowHalfLifeMs = 365 * dayMs
export const fastHalfLifeMs = 14 * dayMs

/** Short enough for what grows by the fast half-life to fit a float. */
const eraMs = 64 * fastHalfLifeMs

/** The beginning of the era of a time, ms. */
export const eraOf = (at: number): number => Math.floor(at / eraMs) * eraMs

/** The item side of one item: all that was learned from events, bounded, plain data. */
export interface SideRow {
  key: string
  /** Newest event time; trends are decayed to here. */
  lastAt: number
  /** Undecayed: events with a touch, and users who touched it. */
  events: number
  users: number
  firstAt: number
  /** One per trendHalfLivesMs. */
  trend: number[]
  /** Items that came before this one in some user's history. */
  predecessors: string[]
  /**
   * float32 little endian, pairColumns per predecessor: forward decay (Cormode et al., ICDE 2009). An event at t adds 2^((t - e) / half-life) times
   * its part, e being the era of `at`; what stands here is worth 2^(-(now - e) / half-life) times as much now. So an event changes the pairs it is
   * about and no others, but where it begins a new era.
   */
  weights: Uint8Array
}

/**
 * Adds deltas of one key to its row, one by one in the order given, so that any split of a batch ends in the same row. Late events (older than the
 * row) count less by their age instead of moving time back. A full row gives the place of its weakest predecessor to a new one.
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

/** A row whose weights are decayed to `at`, as they were kept before, with weights as they are kept now. */
export function withForwardDecay(row: SideRow): SideRow {
  const weights = bytesToFloats(row.weights).slice()
  decayWeights(weights, eraOf(row.lastAt) - row.lastAt)
  return { ...row, weights: floatsToBytes(weights) }
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

/** Brings weights to an era that begins `ms` later, or earlier where it is below 0. */
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
      // Strengths are taken when the first has to go, and kept up from there.
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

/** The first of equals. */
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

/** A memo, not state: where each predecessor stands, handed on from a row to its successor so that it need not be built for every event. */
const indexes = new WeakMap<SideRow, Map<string, number>>()

function buildIndex(row: SideRow | undefined, predecessors: readonly string[]): Map<string, number> {
  const known = row === undefined ? undefined : indexes.get(row)
  if (known !== undefined) {
    indexes.delete(row!)
    return known
  }
  return new Map(predecessors.map((id, place) => [id, place]))
}
