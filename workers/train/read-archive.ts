import { type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { ItemMeta } from '../../engine/types.ts'
import type { Store } from '../../platform/ports/store.ts'
import { toItemMeta } from '../../platform/read-models/replica.ts'
import { decodeHistoryEvent } from '../../schema/records/history.ts'
import { decodeItem } from '../../schema/records/item.ts'
import { tables } from '../../schema/tables.ts'

/**
 * The archive as training reads it: columns, in the order of the events' times (of one user: in the log's order at equal
 * times). About 32 bytes an event; above `eventsMax` the oldest are left out.
 */
export async function readArchive(store: Store, eventsMax: number): Promise<TrainingLog> {
  const builder = new TrainingLogBuilder()
  for await (const rows of store.scan(tables.eventsByUser)) {
    for (const { partition, value } of rows) {
      const event = decodeHistoryEvent(value)
      if (event.type !== 'IMPRESSION') builder.add({ ...event, userId: partition })
    }
  }
  return inTimeOrder(builder.build(await readCatalog(store)), eventsMax)
}

async function readCatalog(store: Store): Promise<ItemMeta[]> {
  const catalog: ItemMeta[] = []
  for await (const rows of store.scan(tables.items)) {
    for (const { partition, value } of rows) catalog.push(toItemMeta(decodeItem(partition, value)))
  }
  return catalog.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function inTimeOrder(log: TrainingLog, eventsMax: number): TrainingLog {
  const order = Int32Array.from({ length: log.size }, (_, n) => n)
  order.sort((a, b) => log.times[a]! - log.times[b]! || a - b)
  const kept = order.subarray(Math.max(0, order.length - eventsMax))
  return {
    ...log,
    size: kept.length,
    users: Int32Array.from(kept, (n) => log.users[n]!),
    items: Int32Array.from(kept, (n) => log.items[n]!),
    types: Uint8Array.from(kept, (n) => log.types[n]!),
    values: Float32Array.from(kept, (n) => log.values[n]!),
    quantities: Float32Array.from(kept, (n) => log.quantities[n]!),
    times: Float64Array.from(kept, (n) => log.times[n]!),
    ...(log.portions && { portions: Float32Array.from(kept, (n) => log.portions![n]!) }),
    ...(log.seconds && { seconds: Float32Array.from(kept, (n) => log.seconds![n]!) }),
  }
}
