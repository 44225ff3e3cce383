import { AppError } from '../../schema/app-error.ts'
import type { LogRecord } from '../ports/event-log.ts'
import { partitionId } from './keys.ts'
import { ChunkBuilder } from './log-codec.ts'
import { CommandBuffer, type PutCommand, type Task } from './write-commands.ts'

/** A group that is larger accepts no more writes. Also the maximum that one call has waiting for the disk at a time. */
export const groupBytesMax = 4 * 1024 * 1024

/** Bytes that a record or a row counts while it waits. */
export const bytesOfRecord = ({ key, value }: LogRecord): number => 64 + key.length + (value?.length ?? 0)
export const bytesOfRow = ({ key, value }: PutCommand): number => value.length + key.length

export interface WriteResult {
  readonly baseOffsets: Float64Array
  readonly purged: number
}

export interface PendingOffset {
  readonly done: Promise<WriteResult>
  readonly chunk: number
  readonly delta: number
}

export const offsetOfPending = ({ chunk, delta }: PendingOffset, { baseOffsets }: WriteResult): number =>
  baseOffsets[chunk]! + delta

/** Writes collected for one request to the writer: written together or not at all. */
export class Group {
  readonly commands = new CommandBuffer()
  readonly tasks: Task[] = []
  bytes = 0
  readonly done: Promise<WriteResult>
  private readonly chunks = new Map<number, OpenChunk>()
  private chunkCount = 0
  private resolve!: (result: WriteResult) => void
  private reject!: (error: AppError) => void

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Callers may await it; the rejection is handled here for groups that hold only offsets.
    this.done.catch(() => {})
  }

  get isEmpty(): boolean {
    return this.bytes === 0
  }

  append(topicId: number, partition: number, record: LogRecord, time: number): PendingOffset {
    const id = partitionId(topicId, partition)
    let chunk = this.chunks.get(id)
    if (chunk === undefined || !chunk.builder.hasRoomFor(record)) {
      if (chunk !== undefined) this.full.push(chunk)
      chunk = { topicId, partition, index: this.chunkCount++, builder: new ChunkBuilder() }
      this.chunks.set(id, chunk)
    }
    const delta = chunk.builder.count
    chunk.builder.add(delta, record, time)
    return { done: this.done, chunk: chunk.index, delta }
  }

  private readonly full: OpenChunk[] = []

  seal(): { commands: Uint8Array; tasks: readonly Task[] } {
    const chunks = [...this.full, ...this.chunks.values()].sort((a, b) => a.index - b.index)
    for (const { topicId, partition, builder } of chunks) this.commands.append(topicId, partition, builder.finish())
    return { commands: this.commands.take(), tasks: this.tasks }
  }

  settle(outcome: WriteResult | AppError) {
    if (outcome instanceof AppError) this.reject(outcome)
    else this.resolve(outcome)
  }
}

interface OpenChunk {
  readonly topicId: number
  readonly partition: number
  readonly index: number
  readonly builder: ChunkBuilder
}
