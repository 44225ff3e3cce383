import { hash } from 'node:crypto'
import { pack, unpack } from 'msgpackr'
import { AppError } from './app-error.ts'
import type { LogPosition } from './records/placed.ts'

/**
 * The token that `recordEvents` returns and for which `recommendations(after:)` waits: the position in the log of each
 * user's newest event of the call. Users are 48-bit hashes, so a token discloses no user id, and a thousand users fit
 * into 12 kB.
 */
export interface CausalToken {
  /** By user hash: the list must include this position. */
  readonly positions: ReadonlyMap<string, LogPosition>
  /** By user hash: the list must include the guest whose identify record is at this position. */
  readonly adopted: ReadonlyMap<string, LogPosition>
  /** The catalog must have been read up to this offset. */
  readonly items: number | undefined
  /** By user hash: the list must include this position of topic interactions.backfill. */
  readonly backfilled: ReadonlyMap<string, LogPosition>
  /**
   * The timeline of all these positions (platform/timeline.ts). undefined: not named by the server of an earlier release
   * that issued the token; it is taken for the present one.
   */
  readonly timeline: number | undefined
}

export const emptyToken: CausalToken = {
  positions: new Map(),
  adopted: new Map(),
  items: undefined,
  backfilled: new Map(),
  timeline: undefined,
}

/** Eight characters of base64url are 48 bits. */
export const userHash = (userId: string): string => hash('sha256', userId, 'base64url').slice(0, 8)

const version = 1

export function encodeToken(token: CausalToken): string {
  const entries = (map: ReadonlyMap<string, LogPosition>) =>
    [...map].map(([hash, { partition, offset }]) => [hash, partition, offset])
  const { positions, adopted, items = null, backfilled, timeline = null } = token
  const fields = [version, entries(positions), entries(adopted), items, entries(backfilled), timeline]
  return pack(fields).toString('base64url')
}

/** @throws AppError BAD_USER_INPUT */
export function decodeToken(text: string): CausalToken {
  try {
    const [v, seen, adopted, items, backfilled = [], timeline] = unpack(Buffer.from(text, 'base64url')) as Fields
    if (v !== version) throw new Error(`version ${v}`)
    if (timeline != null && !Number.isSafeInteger(timeline)) throw new Error(`timeline ${timeline}`)
    const maps = { positions: toMap(seen), adopted: toMap(adopted), backfilled: toMap(backfilled) }
    return { ...maps, items: items ?? undefined, timeline: timeline ?? undefined }
  } catch (cause) {
    const message = `expected a token as recordEvents returns it, got ${JSON.stringify(text.slice(0, 64))}`
    throw new AppError('BAD_USER_INPUT', {
      message: `after: ${message}`,
      issues: [{ path: 'after', message }],
      cause,
    })
  }
}

type Entry = [string, number, number]
type Fields = [
  version: number,
  positions: Entry[],
  adopted: Entry[],
  items: number | null,
  backfilled?: Entry[],
  timeline?: number | null,
]

function toMap(entries: Entry[]): Map<string, LogPosition> {
  return new Map(
    entries.map(([hash, partition, offset]) => {
      if (typeof hash !== 'string' || !Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) {
        throw new Error('not an entry')
      }
      return [hash, { partition, offset }]
    }),
  )
}
