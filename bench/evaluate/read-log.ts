import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import { EVENT_TYPES, type EventType, type Interaction, type ItemMeta } from '../../engine/types.ts'

export interface LogFiles {
  events: string
  items: string | null
}

/** Finds events.csv(.gz) and items.csv(.gz) in a folder. */
export function filesOf(folder: string): LogFiles {
  const find = (name: string) => [`${name}.csv.gz`, `${name}.csv`].map((file) => join(folder, file)).find(existsSync)
  const events = find('events')
  if (events === undefined) throw new Error(`${folder}: expected events.csv.gz or events.csv, found neither`)
  return { events, items: find('items') ?? null }
}

/**
 * Reads a log, ordered by time (file order within one timestamp). Only touches count, as the protocol has it: refunds, dislikes and impressions are left out.
 */
export async function readLog(files: LogFiles): Promise<TrainingLog> {
  const catalogue = files.items === null ? [] : await readItems(files.items)
  const events: Omit<Interaction, 'eventId'>[] = []
  for await (const row of rowsOf(files.events)) {
    const type = row.type!.toUpperCase() as EventType
    if (!EVENT_TYPES.includes(type)) throw new Error(`${files.events}: unknown event type ${row.type}`)
    if (LEFT_OUT.has(type)) continue
    events.push({
      userId: row.user_id!,
      itemId: row.item_id!,
      type,
      value: type === 'RATING' && row.value ? Number(row.value) : null,
      quantity: Number(row.quantity ?? 1) || 1,
      at: Date.parse(row.timestamp!),
    })
  }
  events.sort((a, b) => a.at - b.at)
  const builder = new TrainingLogBuilder()
  for (const event of events) builder.add(event)
  return builder.build(catalogue)
}

const LEFT_OUT: ReadonlySet<EventType> = new Set(['REFUND', 'DISLIKE', 'DISMISS', 'UNCART', 'IMPRESSION'])

async function readItems(file: string): Promise<ItemMeta[]> {
  const items: ItemMeta[] = []
  for await (const row of rowsOf(file)) {
    const categories = (row.categories ?? [row.category, row.subcategory].filter(Boolean).join('|')).split('|')
    items.push({
      id: row.item_id!,
      title: row.title ?? '',
      description: null,
      categories: categories.filter((name) => name !== '' && name !== '(no genres listed)'),
      tags: row.brand ? [row.brand] : [],
      price: row.price ? Number(row.price) : null,
      available: true,
      publishedAt: null,
    })
  }
  return items
}

async function* rowsOf(file: string): AsyncGenerator<Record<string, string>> {
  const bytes = createReadStream(file)
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  yield* text.pipe(parse({ columns: true, skip_empty_lines: true, relax_column_count: true }))
}
