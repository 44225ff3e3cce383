import { type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { ItemMeta } from '../../engine/types.ts'
import type { Store } from '../../platform/ports/store.ts'
import { toItemMeta } from '../../platform/read-models/replica.ts'
import { decodeHistoryEvent } from '../../schema/records/history.ts'
import { decodeItem } from '../../schema/records/item.ts'
import { tables } from '../../schema/tables.ts'

/** The archive in columns, each user's events in the log's order. About 32 bytes an event. */
export async function readArchive(store: Store): Promise<TrainingLog> {
  const builder = new TrainingLogBuilder()
  for await (const rows of store.scan(tables.eventsByUser)) {
    for (const { partition, value } of rows) {
      const event = decodeHistoryEvent(value)
      if (event.type !== 'IMPRESSION') builder.add({ ...event, userId: partition })
    }
  }
  return builder.build(await readCatalog(store))
}

async function readCatalog(store: Store): Promise<ItemMeta[]> {
  const catalog: ItemMeta[] = []
  for await (const rows of store.scan(tables.items)) {
    for (const { partition, value } of rows) catalog.push(toItemMeta(decodeItem(partition, value)))
  }
  return catalog.sort((a, b) => (a.id < b.id ? -1 : 1))
}
