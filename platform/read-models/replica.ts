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

/** What a process that ranks holds in memory: catalog, item side and model, each fed by its topic. */
export interface Replica {
  readonly recommender: Recommender
  /** Resolves once everything that was in the topics at the start is in. It serves before, with what it has. */
  readonly caughtUp: Promise<void>
  /** The model that serves; null before the first. */
  model(): FoldInModel | null
  item(id: string): ItemMeta | undefined
  /** The log's time: the newest event that the item side has seen, ms; 0 before the first. */
  logTime(): number
  stop(): Promise<void>
}

interface Parts {
  readonly log: EventLog
  readonly store: Store
  readonly recommender: Recommender
  /** Called when a model could not be loaded, and the one that serves stays, or a foreign record is left out. */
  readonly onError?: (error: unknown) => void
}

export async function followReplica({ log, store, recommender, onError = () => {} }: Parts): Promise<Replica> {
  let newest = 0
  const items = new Map<string, ItemMeta>()
  const seen = new Map<string, number>()

  const takeItem = ({ key, value }: StoredRecord) => {
    if (value === null) {
      items.delete(key)
      recommender.putItem(removedItem(key)) // the removal may be all that compaction has left of the item
      return recommender.removeItem(key)
    }
    try {
      const item = toItemMeta(decodeItem(key, value))
      items.set(key, item)
      recommender.putItem(item)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error // the catalog stage sets bad records aside
    }
  }

  const takeRows = (records: readonly StoredRecord[]) => {
    // Of each row only the newest of those that came together: a popular one comes many times.
    const newest = new Map<string, StoredRecord>()
    for (const record of records) {
      const why = whyForeign(record)
      if (why !== undefined) onError(new Error(`${placeOf(record)} is not of Pickstream and is left out: ${why}`))
      else if (isNewer(record, newest.get(record.key))) newest.set(record.key, record)
    }
    for (const record of newest.values()) takeRow(record)
  }

  const takeRow = ({ key, value }: StoredRecord) => {
    if (value === null) return recommender.dropRow(key)
    const deltas = encodedDeltasIn(value)
    if (deltas < (seen.get(key) ?? 0)) return // written late, by a worker that had lost the partition
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
