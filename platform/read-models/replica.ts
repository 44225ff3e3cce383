import type { Recommender } from '../../engine/recommender.ts'
import type { FoldInModel } from '../../engine/train/model.ts'
import type { ItemMeta } from '../../engine/types.ts'
import { decodeItem, type ItemRecord, toAttributes, toMs } from '../../schema/records/item.ts'
import { decodeSideRow, encodedDeltasIn, whyForeign } from '../../schema/records/item-side.ts'
import { decodeServing, servingKey } from '../../schema/records/model.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { topics } from '../../schema/topics.ts'
import type { EventLog, Following, StoredRecord } from '../ports/event-log.ts'
import type { Store } from '../ports/store.ts'
import { loadModel } from './models.ts'

/** Catalog, item side and model in the memory of a process that ranks, each updated from its topic. */
export interface Replica {
  readonly recommender: Recommender
  /**
   * Resolves once all records that were in the topics at the start are applied. Lists before that use the records so
   * far.
   */
  readonly caughtUp: Promise<void>
  /** The model in use; null before the first. */
  model(): FoldInModel | null
  item(id: string): ItemMeta | undefined
  /** The log's time: that of the newest event in the item side, ms since 1970; 0 before the first. */
  logTime(): number
  stop(): Promise<void>
}

interface Parts {
  readonly log: EventLog
  readonly store: Store
  readonly recommender: Recommender
  /** Called when a model could not be loaded, and the one in use stays, or when a foreign record is skipped. */
  readonly onError?: (error: unknown) => void
}

export async function followReplica({ log, store, recommender, onError = () => {} }: Parts): Promise<Replica> {
  let newest = 0
  const items = new Map<string, ItemMeta>()
  const seen = new Map<string, number>()

  const takeItem = ({ key, value }: StoredRecord) => {
    if (value === null) {
      items.delete(key)
      recommender.putItem(removedItem(key)) // compaction may have left only the tombstone of the item
      return recommender.removeItem(key)
    }
    try {
      const item = toItemMeta(decodeItem(key, value))
      items.set(key, item)
      recommender.putItem(item)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error // stage catalogue sends invalid records to the dead-letter topic
    }
  }

  const takeRows = (records: readonly StoredRecord[]) => {
    // Apply only the newest record of each row: popular items have many in one batch.
    const newest = new Map<string, StoredRecord>()
    for (const record of records) {
      const why = whyForeign(record)
      if (why !== undefined)
        onError(new Error(`${placeOf(record)} was not written by Pickstream and is skipped: ${why}`))
      else if (isNewer(record, newest.get(record.key))) newest.set(record.key, record)
    }
    for (const record of newest.values()) takeRow(record)
  }

  const takeRow = ({ key, value }: StoredRecord) => {
    if (value === null) return recommender.dropRow(key)
    const deltas = encodedDeltasIn(value)
    if (deltas < (seen.get(key) ?? 0)) return // a late write of a worker that has lost the partition
    seen.set(key, deltas)
    const { row } = decodeSideRow(key, value)
    newest = Math.max(newest, row.lastAt)
    recommender.putRow(row)
  }

  const takeModel = async (records: readonly StoredRecord[]) => {
    const last = records.findLast((record) => record.key === servingKey && record.value !== null)
    if (!last?.value) return
    const serving = decodeServing(last.value)
    if (serving.version === recommender.foldInModel?.version) return
    try {
      recommender.setModel(await loadModel(store, serving))
    } catch (error) {
      onError(error)
    }
  }

  const followings: Following[] = [
    await log.follow({ topic: topics.items, from: 'beginning' }, (records) => records.forEach(takeItem)),
    await log.follow({ topic: topics.sideRows, from: 'beginning' }, takeRows),
    await log.follow({ topic: topics.models, from: 'beginning' }, takeModel),
  ]

  return {
    recommender,
    caughtUp: Promise.all(followings.map((following) => following.caughtUp)).then(() => {}),
    model: () => recommender.foldInModel,
    item: (id) => items.get(id),
    logTime: () => newest,
    stop: async () => {
      await Promise.all(followings.map((following) => following.stop()))
    },
  }
}

const placeOf = ({ topic, partition, offset }: StoredRecord) => `${topic}/${partition}/${offset}`

function isNewer({ value }: StoredRecord, than: StoredRecord | undefined): boolean {
  if (value === null || than?.value == null) return true
  return encodedDeltasIn(value) >= encodedDeltasIn(than.value)
}

function removedItem(id: string): ItemMeta {
  const nothing = { description: null, categories: [], tags: [], price: null, publishedAt: null }
  return { id, title: '', ...nothing, available: false }
}

export function toItemMeta(record: ItemRecord): ItemMeta {
  return {
    id: record.id,
    title: record.title,
    description: record.description ?? null,
    categories: [...(record.categories ?? [])],
    tags: [...(record.tags ?? [])],
    price: record.price ?? null,
    available: record.available ?? true,
    publishedAt: toMs(record.publishedAt),
    availableFrom: toMs(record.availableFrom),
    availableUntil: toMs(record.availableUntil),
    groupId: record.groupId ?? null,
    attributes: toAttributes(record),
  }
}
