import type { EventLog, Following, LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import { writerHeaders, writerOf } from '../../schema/records/headers.ts'
import { encodedDeltasIn, type StoredSideRow, whyForeign } from '../../schema/records/item-side.ts'
import { topics } from '../../schema/topics.ts'
import type { OpenStates, States } from '../runner/stage.ts'
import { HeldRows } from './held-rows.ts'

/** The rows of one partition. */
interface Held {
  readonly rows: HeldRows
  /** For each row, the greatest number of deltas of any record of it that was read from the topic. */
  readonly onTopic: Map<string, number>
}

const readRecords = 1000

/**
 * State of the learn stage. It is the topic that the stage writes, like a changelog of Kafka Streams: the rows of a
 * partition are read from the topic when the partition is opened, and the emits save them. Nothing else is written per
 * event. Side-deltas and side-rows have the same keys and the same number of partitions, so a partition's rows are in
 * the partition of the same number.
 *
 * A worker that has lost a partition, or an append that timed out and arrives late, may write an old row after a newer
 * one, and compaction would keep the old one. So the owner reads what is written to its partitions, and writes its own
 * row again after an older one. A record of its own is late if a newer record of the row was read before it.
 *
 * @param writer name of this process in the rows that it writes
 * @param decodedBytesMax estimated bytes of the rows of a partition that are kept decoded. Default: 12 MB
 */
export function rowStates(
  log: EventLog,
  writer: string,
  decodedBytesMax?: number,
): OpenStates<StoredSideRow> & { stop(): Promise<void> } {
  const topic = new RowTopic(log, writer, decodedBytesMax)
  return Object.assign((partition: number) => topic.open(partition), { stop: () => topic.stop() })
}

/**
 * Topic side-rows as its owner uses it: contains the rows of its partitions, and restores them when others write older
 * ones.
 */
class RowTopic {
  private readonly held = new Map<number, Promise<Held>>()
  private watch: Promise<Following> | undefined

  constructor(
    private readonly log: EventLog,
    private readonly writer: string,
    private readonly decodedBytesMax: number | undefined,
  ) {}

  /** The partition is restored on first use. */
  open(partition: number): States<StoredSideRow> {
    let restored: Promise<Held> | undefined
    const contents = (): Promise<Held> => {
      if (restored === undefined) {
        restored = this.restore(partition)
        restored.catch(() => {}) // callers that await it get the error
        this.held.set(partition, restored)
      }
      return restored
    }
    return {
      async load(keys) {
        const { rows } = await contents()
        const found = new Map<string, StoredSideRow>()
        for (const key of keys) {
          const row = rows.get(key)
          if (row) found.set(key, row)
        }
        return found
      },
      async save(changes) {
        const { rows } = await contents()
        for (const { key, state } of changes) {
          if (state === null) rows.delete(key)
          else rows.set(key, state)
        }
      },
      close: () => {
        if (this.held.get(partition) === restored) this.held.delete(partition)
      },
    }
  }

  async stop(): Promise<void> {
    await (await this.watch)?.stop()
  }

  private async restore(partition: number): Promise<Held> {
    await this.startWatch()
    const rows = new HeldRows(this.decodedBytesMax)
    const onTopic = new Map<string, number>()
    const covered = new Set<string>()
    const take = (record: StoredRecord) => {
      const { key, value } = record
      if (value === null || whyForeign(record) !== undefined) return // the replicas log foreign records
      const deltas = encodedDeltasIn(value)
      if (deltas < (onTopic.get(key) ?? -1)) covered.add(key)
      else {
        rows.setEncoded(key, value)
        onTopic.set(key, deltas)
        covered.delete(key)
      }
    }
    for await (const records of this.recordsOf(partition)) records.forEach(take)
    await this.putOnTop([...covered].map((key) => this.encodedRecord(rows, key)))
    return { rows, onTopic }
  }

  /** Begins before anything is read, so that no record in between is missed. */
  private async startWatch(): Promise<void> {
    const follow = () => this.log.follow({ topic: topics.sideRows, from: 'end' }, (records) => this.takeNew(records))
    this.watch ??= follow()
    await this.watch.catch((error) => {
      this.watch = undefined
      throw error
    })
  }

  /** Reads the records that the partition has now, in chunks. */
  private async *recordsOf(partition: number): AsyncGenerator<readonly StoredRecord[]> {
    const end = (await this.log.endOffsets(topics.sideRows))[partition] ?? 0
    for (let from = 0; from < end; ) {
      const records = await this.log.read(topics.sideRows, partition, from, readRecords)
      const last = records.at(-1)
      if (last === undefined) return
      yield records
      from = last.offset + 1
    }
  }

  /** Writes the rows again that these records cover. */
  private async takeNew(records: readonly StoredRecord[]): Promise<void> {
    const covered = new Map<string, LogRecord>()
    for (const record of records) {
      const { key, value, partition, headers } = record
      const restored =
        value === null || whyForeign(record) !== undefined
          ? undefined
          : await this.held.get(partition)?.catch(() => undefined)
      if (restored === undefined) continue
      const deltas = encodedDeltasIn(value!)
      const newest = restored.onTopic.get(key) ?? -1
      if (deltas > newest) restored.onTopic.set(key, deltas)
      if (deltas >= restored.rows.deltasIn(key)) continue
      // Records of this process may be older than its rows, because it reads them after it has written newer ones.
      if (deltas < newest || writerOf(headers) !== this.writer) {
        covered.set(key, this.encodedRecord(restored.rows, key))
      }
    }
    await this.putOnTop([...covered.values()]).catch(() => {}) // the next restore finds it too
  }

  private encodedRecord(rows: HeldRows, key: string): LogRecord {
    return { key, value: rows.getEncoded(key)!, headers: writerHeaders(this.writer) }
  }

  private async putOnTop(records: readonly LogRecord[]): Promise<void> {
    if (records.length > 0) await this.log.append(topics.sideRows, records)
  }
}
