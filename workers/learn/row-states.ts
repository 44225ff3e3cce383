import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { writerOf } from '../../schema/records/headers.ts'
import { decodeSideRow, deltasIn, encodedDeltasIn, type StoredSideRow } from '../../schema/records/item-side.ts'
import { topics } from '../../schema/topics.ts'
import type { OpenStates } from '../runner/stage.ts'
import { rowEmit } from './learn-row.ts'

type Rows = Map<string, StoredSideRow>

const readRecords = 1000

/**
 * The learn stage's state is the topic it writes, as Kafka Streams keeps a changelog: a partition's rows are read back from
 * it when the partition is opened, and saved by the emit that came before. Nothing else is written per event. Side-deltas
 * and side-rows have the same keys and as many partitions, so the rows of a partition are in the partition of that number.
 *
 * A worker that has lost a partition may write an old row behind a newer one, and compaction would keep the old one. So the
 * owner watches what others write to its partitions, and puts its own row on top again.
 *
 * @param writer names this process in the rows it writes
 */
export function rowStates(log: EventLog, writer: string): OpenStates<StoredSideRow> & { stop(): Promise<void> } {
  const held = new Map<number, Promise<Rows>>()
  let watch: Promise<Following> | undefined

  const open: OpenStates<StoredSideRow> = (partition) => {
    let restored: Promise<Rows> | undefined
    const rows = (): Promise<Rows> => {
      if (restored === undefined) {
        restored = restore(partition)
        restored.catch(() => {}) // told to who awaits it
        held.set(partition, restored)
      }
      return restored
    }
    return {
      async load(keys) {
        const all = await rows()
        const found = new Map<string, StoredSideRow>()
        for (const key of keys) {
          const row = all.get(key)
          if (row) found.set(key, row)
        }
        return found
      },
      async save(changes) {
        const all = await rows()
        for (const { key, state } of changes) {
          if (state === null) all.delete(key)
          else all.set(key, state)
        }
      },
      close() {
        if (held.get(partition) === restored) held.delete(partition)
      },
    }
  }

  async function restore(partition: number): Promise<Rows> {
    watch ??= log.follow({ topic: topics.sideRows, from: 'end' }, watchOthers)
    await watch.catch((error) => {
      watch = undefined
      throw error
    })
    const rows: Rows = new Map()
    const covered = new Set<string>()
    const end = (await log.endOffsets(topics.sideRows))[partition] ?? 0
    for (let from = 0; from < end; ) {
      const records = await log.read(topics.sideRows, partition, from, readRecords)
      const last = records.at(-1)
      if (last === undefined) break
      for (const { key, value } of records) {
        if (value === null) continue
        const row = decodeSideRow(key, value)
        if (isOlder(row, rows.get(key))) covered.add(key)
        else {
          rows.set(key, row)
          covered.delete(key)
        }
      }
      from = last.offset + 1
    }
    await putOnTop([...covered].map((key) => rows.get(key)!))
    return rows
  }

  async function watchOthers(records: readonly StoredRecord[]): Promise<void> {
    const covered = new Map<string, StoredSideRow>()
    for (const { key, value, partition, headers } of records) {
      const restored = held.get(partition)
      if (restored === undefined || value === null || writerOf(headers) === writer) continue
      const known = await restored.then((rows) => rows.get(key)).catch(() => undefined)
      if (known !== undefined && encodedDeltasIn(key, value) < deltasIn(known)) covered.set(key, known)
    }
    await putOnTop([...covered.values()]).catch(() => {}) // the next restore sees it too
  }

  async function putOnTop(rows: readonly StoredSideRow[]): Promise<void> {
    if (rows.length === 0) return
    const records = rows.map((row) => rowEmit(row, writer))
    await log.append(
      topics.sideRows,
      records.map(({ key, value, headers }) => ({ key, value: value(), headers })),
    )
  }

  return Object.assign(open, { stop: async () => (await watch)?.stop() })
}

const isOlder = (row: StoredSideRow, than: StoredSideRow | undefined): boolean =>
  than !== undefined && deltasIn(row) < deltasIn(than)
