import { type PackedIds, packIds } from './codec.ts'
import { type EventType, eventTypes } from './interaction.ts'

export type TrendWindow = 'HOUR' | 'DAY' | 'WEEK'

/** Why an item is in a list. */
export type PickReason =
  | { readonly kind: 'because'; readonly itemId: string; readonly eventType: EventType }
  | { readonly kind: 'popular'; readonly window: TrendWindow }
  | { readonly kind: 'taste'; readonly categories: readonly string[] }
  | { readonly kind: 'new'; readonly publishedAt: number | null }
  /** A rule of the shop placed it. */
  | { readonly kind: 'pinned' }

export interface RankedItem {
  readonly itemId: string
  readonly score: number
  readonly reason: PickReason
}

/** Items, best first. */
export interface RankedList extends Iterable<RankedItem> {
  readonly length: number
}

/**
 * Ids, scores as float32, and for each item the index of its reason among the distinct reasons of the list, which are
 * few. A list of 120 takes about 2 kB.
 */
export type Columns = readonly [...ids: PackedIds, scores: Uint8Array, reasonOf: Uint8Array, reasons: readonly Reason[]]
type Reason = readonly [kind: number, detail: unknown, eventType?: number]

export const kinds = ['because', 'popular', 'taste', 'new', 'pinned'] as const

/** Up to this number of distinct reasons an index takes one byte; in a longer table it takes two. */
const narrowMax = 256

export function packRanked(list: readonly RankedItem[]): Columns {
  const scores = new Float32Array(list.length)
  const wide = new Uint16Array(list.length)
  const reasons: Reason[] = []
  const ids: string[] = []
  const numbers = new Map<PickReason | string, number>()
  const numberOf = (reason: PickReason): number => {
    const fields = toFields(reason)
    const name = JSON.stringify(fields)
    let number = numbers.get(name)
    if (number === undefined) numbers.set(name, (number = reasons.push(fields) - 1))
    numbers.set(reason, number) // most picks share a reason with others
    return number
  }
  for (let n = 0; n < list.length; n++) {
    const { itemId, score, reason } = list[n]!
    ids.push(itemId)
    scores[n] = score
    wide[n] = numbers.get(reason) ?? numberOf(reason)
  }
  const [text, lengths] = packIds(ids)
  const reasonOf = reasons.length <= narrowMax ? Buffer.from(wide) : bytesOf(wide)
  return [text, bytesOf(lengths), bytesOf(scores), reasonOf, reasons]
}

/** Buffers are plain bytes in MessagePack. Other typed arrays would be an extension, which is slower to read. */
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

function toFields(reason: PickReason): Reason {
  const kind = kinds.indexOf(reason.kind)
  if (reason.kind === 'because') return [kind, reason.itemId, eventTypes.indexOf(reason.eventType)]
  if (reason.kind === 'popular') return [kind, reason.window]
  if (reason.kind === 'taste') return [kind, reason.categories]
  return [kind, reason.kind === 'new' ? reason.publishedAt : null]
}

export const unpackRanked = (columns: Columns): RankedList => new PackedList(columns)

class PackedList implements RankedList {
  /** Each reason is created once, and items with the same reason share the object. */
  private readonly reasons: PickReason[] = []

  constructor(private readonly columns: Columns) {}

  get length(): number {
    return this.columns[1].length
  }

  *[Symbol.iterator](): Iterator<RankedItem> {
    const [text, lengths, scores, reasonOf, reasons] = this.columns
    const score = viewOf(scores)
    const places = viewOf(reasonOf)
    const isNarrow = reasons.length <= narrowMax
    let at = 0
    for (let n = 0; n < lengths.length; n++) {
      const number = isNarrow ? reasonOf[n]! : places.getUint16(n * 2, true)
      yield {
        itemId: text.substring(at, (at += lengths[n]! + 1)),
        score: score.getFloat32(n * 4, true),
        reason: (this.reasons[number] ??= reasonOfFields(reasons[number]!)),
      }
    }
  }
}

const reasonOfFields = ([kind, detail, eventType]: Reason): PickReason =>
  toReason(kinds[kind]!, detail, eventTypes[eventType ?? 0]!)

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

export function toReason(kind: (typeof kinds)[number], detail: unknown, eventType: EventType): PickReason {
  switch (kind) {
    case 'because':
      return { kind, itemId: detail as string, eventType }
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
