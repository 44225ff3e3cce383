import { tables } from '../schema/tables.ts'
import type { Row, RowWrite, Store } from './ports/store.ts'

/**
 * A timeline is one uninterrupted sequence of positions in the log. An empty start, a raised epoch and a restored folder
 * begin a new one: they may give positions again that had other records before. Revisions and causal tokens name
 * their timeline, so that the server recognizes those of another one. A timeline is the time at which it began, ms, so
 * that later ones are greater; 0: it began before timelines were recorded.
 */
const startRow = (epoch: number) => ({ partition: `timeline-of-epoch/${epoch}` })
const restoreRow = { partition: 'timeline-of-restore' }

/** Records the start of an epoch; the first process that does so determines it. */
export async function beginTimeline(store: Pick<Store, 'putIfAbsent'>, epoch: number, now: number): Promise<void> {
  await store.putIfAbsent(tables.settings, { ...startRow(epoch), value: Buffer.from(String(now)) })
}

export async function readTimeline(store: Pick<Store, 'get'>, epoch: number): Promise<number> {
  const [started, restored] = await store.get(tables.settings, [startRow(epoch), restoreRow])
  return Math.max(timeIn(started), timeIn(restored))
}

/** The row to be put into restored settings: it begins a timeline that is greater than all of them. */
export function timelineOfRestore(settings: Iterable<Row>, now: number): RowWrite {
  let timeline = now
  for (const { partition, value } of settings) {
    if (partition.startsWith('timeline-')) timeline = Math.max(timeline, timeIn(value) + 1)
  }
  return { ...restoreRow, value: Buffer.from(String(timeline)), writeTimestamp: BigInt(timeline) }
}

const timeIn = (value: Uint8Array | undefined): number =>
  value === undefined ? 0 : Number(Buffer.from(value).toString())
