import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { EventType, Interaction, ItemMeta } from '../../engine/types.ts'
import { type ReadOptions, readEvents, readItems, refuseEarly } from '../../tools/import/reader.ts'

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

/** How files are read, as `npm run import` reads them, and what becomes of rows that cannot be taken. */
export interface LogOptions {
  readonly events?: ReadOptions
  readonly items?: ReadOptions
  readonly onNote?: (note: string) => void
  readonly onBad?: (file: string, line: number, reason: string) => void
}

/**
 * Reads a log by the importer's reader, ordered by time (file order within one timestamp). Only touches count, as the
 * protocol has it: refunds, dislikes and impressions are left out.
 * @throws FileError where a file cannot be read as a whole
 */
export async function readLog(files: LogFiles, options: LogOptions = {}): Promise<TrainingLog> {
  const catalog = files.items === null ? [] : await readCatalog(files.items, options)
  const events: Omit<Interaction, 'eventId'>[] = []
  const reading = readEvents(files.events, options.events)
  for await (const outcome of refuseEarly(files.events, reading.outcomes)) {
    if ('problem' in outcome) options.onBad?.(files.events, outcome.line, outcome.problem)
    if (!('input' in outcome) || leftOut.has(outcome.input.type)) continue
    const { userId, itemId, type, value = null, quantity = 1, timestamp } = outcome.input
    events.push({ userId, itemId, type, value, quantity, timestamp: Date.parse(timestamp!) })
  }
  for (const note of reading.notes()) options.onNote?.(note)
  events.sort((a, b) => a.timestamp - b.timestamp)
  const builder = new TrainingLogBuilder()
  for (const event of events) builder.add(event)
  return builder.build(catalog)
}

const leftOut: ReadonlySet<EventType> = new Set(['REFUND', 'DISLIKE', 'DISMISS', 'UNCART', 'IMPRESSION'])

async function readCatalog(file: string, { items: options, onBad }: LogOptions): Promise<ItemMeta[]> {
  const items = new Map<string, ItemMeta>()
  for await (const outcome of refuseEarly(file, readItems(file, options).outcomes)) {
    if ('problem' in outcome) onBad?.(file, outcome.line, outcome.problem)
    if (!('input' in outcome)) continue
    const {
      id,
      title,
      description = null,
      categories,
      tags,
      price = null,
      available = true,
      publishedAt,
    } = outcome.input
    items.set(id, {
      id,
      title,
      description,
      categories: [...categories],
      tags: [...tags],
      price,
      available,
      publishedAt: publishedAt === undefined ? null : Date.parse(publishedAt),
    })
  }
  return [...items.values()]
}
