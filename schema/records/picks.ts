import { createHash } from 'node:crypto'
import { formatRevision, revisionOf } from '../revision.ts'
import { decodeVersioned, encodeVersioned } from './codec.ts'
import type { EventType } from './interaction.ts'

export type TrendWindow = 'HOUR' | 'DAY' | 'WEEK'

/** Why an item is in a list. */
export type PickReason =
  | { readonly kind: 'because'; readonly itemId: string; readonly eventType: EventType }
  | { readonly kind: 'popular'; readonly window: TrendWindow }
  | { readonly kind: 'taste'; readonly categories: readonly string[] }
  | { readonly kind: 'new'; readonly publishedAt: number | null }
  /** A rule of the shop puts it there. */
  | { readonly kind: 'pinned' }

export interface RankedItem {
  readonly itemId: string
  readonly score: number
  readonly reason: PickReason
}

/** A position of a user in topic `interactions`. */
export interface LogPosition {
  readonly partition: number
  readonly offset: number
}

/** One user's list: a record of topic `picks` and a row of picks_by_user. Best first. */
export interface Picks {
  /** The newest record of `interactions` that this list has seen, whether it changed anything or not. */
  readonly position: LogPosition
  /** The newest record that changed something; makes the revision. */
  readonly changed: number
  readonly epoch: number
  /** By the worker's clock. */
  readonly computedAt: number
  /** By the log's time: what `now` was when it was ranked. */
  readonly rankedAt: number
  readonly modelVersion: number
  readonly causedByEventId: string | null
  /** The item that the list before this one should have held: what the quality stage scores. */
  readonly foreseeable: string | null
  readonly personalized: boolean
  /** The experiment's variant that ranked it, where there is one. */
  readonly variant: string | null
  /** Where the guests' identify records stood whose events are in here, newest last, the last few only. */
  readonly adopted: readonly LogPosition[]
  /** What the user has not bought, rated or dismissed. */
  readonly fresh: readonly RankedItem[]
  /** What the user has, for includeSeen: true; merged with `fresh` by score. */
  readonly seen: readonly RankedItem[]
}

export const picksRevision = (picks: Picks): bigint => revisionOf(picks.changed, picks.epoch)

/** The write timestamp of the row: newer positions win even where the list itself is the same. */
export const picksWrittenAt = (picks: Picks): bigint => revisionOf(picks.position.offset, picks.epoch)

/** The variant of the list an id names, or null. */
export const variantOf = (recommendationId: string): string | null => recommendationId.split('.')[2] ?? null

/** The id of a list: names user, revision; the same on every replay, and says nothing of the user. */
export function recommendationIdOf(userId: string, picks: Picks): string {
  const revision = formatRevision(picksRevision(picks))
  const user = createHash('sha256').update(userId).digest('base64url').slice(0, 8)
  return picks.variant === null ? `${revision}.${user}` : `${revision}.${user}.${picks.variant}`
}

const version = 1
const kinds = ['because', 'popular', 'taste', 'new', 'pinned'] as const

/** Columns: a list of 100 takes about 1.7 kB. */
interface Columns {
  i: string[]
  s: Uint8Array
  k: Uint8Array
  r: unknown[]
}

export function encodePicks(picks: Picks): Uint8Array {
  const { position, fresh, seen, ...rest } = picks
  return encodeVersioned(version, {
    ...rest,
    position: [position.partition, position.offset],
    adopted: picks.adopted.map(({ partition, offset }) => [partition, offset]),
    fresh: toColumns(fresh),
    seen: toColumns(seen),
  })
}

export function decodePicks(bytes: Uint8Array): Picks {
  const raw = decodeVersioned<
    Omit<Picks, 'position' | 'adopted' | 'fresh' | 'seen'> & {
      position: [number, number]
      adopted: [number, number][]
      fresh: Columns
      seen: Columns
    }
  >(version, bytes, 'picks')
  return {
    ...raw,
    position: { partition: raw.position[0], offset: raw.position[1] },
    adopted: raw.adopted.map(([partition, offset]) => ({ partition, offset })),
    fresh: fromColumns(raw.fresh),
    seen: fromColumns(raw.seen),
  }
}

function toColumns(list: readonly RankedItem[]): Columns {
  const scores = new Float32Array(list.length)
  const kind = new Uint8Array(list.length)
  for (let n = 0; n < list.length; n++) {
    scores[n] = list[n].score
    kind[n] = kinds.indexOf(list[n].reason.kind)
  }
  return {
    i: list.map((item) => item.itemId),
    s: new Uint8Array(scores.buffer),
    k: kind,
    r: list.map(({ reason }) => {
      if (reason.kind === 'because') return [reason.itemId, reason.eventType]
      if (reason.kind === 'popular') return reason.window
      if (reason.kind === 'taste') return reason.categories
      if (reason.kind === 'pinned') return null
      return reason.publishedAt
    }),
  }
}

function fromColumns({ i, s, k, r }: Columns): RankedItem[] {
  const scores = new DataView(s.buffer, s.byteOffset, s.byteLength)
  return i.map((itemId, n) => ({ itemId, score: scores.getFloat32(n * 4, true), reason: toReason(kinds[k[n]], r[n]) }))
}

function toReason(kind: (typeof kinds)[number], detail: unknown): PickReason {
  switch (kind) {
    case 'because': {
      const [itemId, eventType] = detail as [string, EventType]
      return { kind, itemId, eventType }
    }
    case 'popular':
      return { kind, window: detail as TrendWindow }
    case 'taste':
      return { kind, categories: detail as string[] }
    case 'new':
      return { kind, publishedAt: detail as number | null }
    case 'pinned':
      return { kind }
  }
}
