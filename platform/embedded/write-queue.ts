import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { AppError } from '../../schema/app-error.ts'
import type { OutageLog } from '../outage-log.ts'
import type { LogRecord } from '../ports/event-log.ts'
import { startThread } from '../start-thread.ts'
import { DiskGuard } from './disk-guard.ts'
import type { PutCommand, Task, WriteReply, WriteRequest, WriterMessage, WriterNotice } from './write-commands.ts'
import { bytesOfRecord, bytesOfRow, Group, groupBytesMax, type PendingOffset, type WriteResult } from './write-group.ts'

export interface WriteQueueOptions {
  readonly dir: string
  readonly mapBytes?: number
  /** Maximum bytes of writes that wait; further writes are rejected with a retriable error. */
  readonly queuedBytesMax: number
  /** Writes are rejected with a retriable error while the disk has less free space than this. */
  readonly freeBytesMin: number
  /** The writer of another thread of this process, to share its commits. Default, and when it ends: an own writer. */
  readonly writer?: MessagePort
  /** Logs writes that fail. Default: they are not logged. */
  readonly outages?: OutageLog
}

/** A record with its topic and partition. */
interface PlacedRecord {
  readonly topicId: number
  readonly partition: number
  readonly record: LogRecord
}

/**
 * How long committed offsets may wait for other writes. They need no fsync of their own: a lost one only repeats a
 * batch.
 */
const offsetsWaitMs = 20
/**
 * The same for rows: an append usually follows, and a commit of the rows alone would delay it by a whole fsync.
 */
const rowsWaitMs = 2
/** The writer's heap is small: the buffers that it writes are outside of it. */
const writerYoungGenerationMbMax = 6

/** The writes of one thread, collected into groups: while one group is being synced, the next one fills. */
export class WriteQueue {
  private readonly disk: DiskGuard
  private filling = new Group()
  private readonly waiting: Group[] = []
  private queuedBytes = 0
  private inFlight: Group | undefined
  private requestId = 0
  private worker: Worker | undefined
  private shared: MessagePort | undefined
  /** The shared writer that is closing, until it has answered the request in flight. */
  private leaving: MessagePort | undefined
  private scheduled = false
  private lazy: NodeJS.Timeout | undefined
  private lazyDue = 0
  private closed = false

  constructor(private readonly options: WriteQueueOptions) {
    this.disk = new DiskGuard(options)
    this.shared = options.writer
    if (this.shared !== undefined) this.follow(this.shared)
  }

  /** Resolves, once durable, with the offset of the record. */
  append(topicId: number, partition: number, record: LogRecord, time: number): PendingOffset {
    const group = this.open(bytesOfRecord(record))
    const pending = group.append(topicId, partition, record, time)
    this.schedule()
    return pending
  }

  /**
   * Writes all records and rows in one group: together or not at all. Resolves once durable.
   * @returns undefined, with nothing written, if they exceed the size of a group
   */
  writeTogether(
    records: readonly PlacedRecord[],
    rows: readonly PutCommand[],
    time: number,
  ): Promise<unknown> | undefined {
    let bytes = 0
    for (const { record } of records) bytes += bytesOfRecord(record)
    for (const row of rows) bytes += bytesOfRow(row)
    if (bytes > groupBytesMax) return undefined
    const group = this.open(bytes)
    for (const { topicId, partition, record } of records) group.append(topicId, partition, record, time)
    for (const row of rows) group.commands.put(row)
    this.schedule()
    return group.done
  }

  /** Resolves once durable. */
  put(row: PutCommand): Promise<unknown> {
    const group = this.open(bytesOfRow(row))
    group.commands.put(row)
    this.scheduleWithin(rowsWaitMs)
    return group.done
  }

  task(task: Task): Promise<WriteResult> {
    const group = this.open(64)
    group.tasks.push(task)
    this.schedule()
    return group.done
  }

  /** Written with the next write, or after `offsetsWaitMs`. */
  commitOffset(key: Buffer, offset: number): Promise<unknown> {
    const group = this.open(key.length + 16)
    group.commands.commitOffset(key, offset)
    this.scheduleWithin(offsetsWaitMs)
    return group.done
  }

  /**
   * @throws AppError UNAVAILABLE if the folder accepts no writes at present: the disk is full, or the file was
   *   removed
   */
  async checkWritable(): Promise<void> {
    const refusal = await this.disk.refusal()
    if (refusal) throw refusal
  }

  /** Resolves when all earlier writes are durable or rejected. */
  async flush(): Promise<void> {
    const group = this.filling
    if (!group.isEmpty) this.schedule()
    await Promise.allSettled([
      this.inFlight?.done,
      ...this.waiting.map((each) => each.done),
      group.isEmpty || group.done,
    ])
  }

  /** Returns a port to this thread's writer, for the `writer` option of another thread. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.ownWriter().postMessage({ connect: port1 } satisfies WriterMessage, [port1])
    return port2
  }

  async close(): Promise<void> {
    await this.flush()
    this.closed = true
    clearTimeout(this.lazy)
    this.shared?.close()
    const worker = this.worker
    if (worker === undefined) return
    this.worker = undefined
    worker.removeAllListeners()
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close' satisfies WriterMessage)
    await exited
  }

  private open(bytes: number): Group {
    if (this.closed) throw new AppError('UNAVAILABLE', { message: 'the data folder is closed', retriable: false })
    const { queuedBytesMax } = this.options
    if (this.queuedBytes + bytes > queuedBytesMax)
      throw unavailable(`the disk is too slow: more than ${queuedBytesMax} bytes wait to be written`)
    this.queuedBytes += bytes
    if (this.filling.bytes > groupBytesMax) {
      this.waiting.push(this.filling)
      this.filling = new Group()
    }
    this.filling.bytes += bytes
    return this.filling
  }

  /** Sends at the end of this turn of the event loop, so that all writes of the turn share the commit. */
  private schedule() {
    if (this.inFlight !== undefined || this.scheduled) return
    this.scheduled = true
    process.nextTick(() => {
      this.scheduled = false
      void this.send()
    })
  }

  /** Sends after `ms`, or earlier with other writes. */
  private scheduleWithin(ms: number) {
    const due = performance.now() + ms
    if (this.lazy !== undefined && this.lazyDue <= due) return
    clearTimeout(this.lazy)
    this.lazyDue = due
    this.lazy = setTimeout(() => this.schedule(), ms)
  }

  private async send() {
    if (this.inFlight !== undefined) return
    let group = this.waiting.shift()
    if (group === undefined) {
      if (this.filling.isEmpty) return
      group = this.filling
      this.filling = new Group()
      clearTimeout(this.lazy)
      this.lazy = undefined
    }
    this.inFlight = group
    void this.options.outages?.watch(group.done).catch(() => {})
    const refusal = await this.disk.refusal()
    if (refusal !== undefined) return this.finish(group, refusal)
    const id = ++this.requestId
    const { commands, tasks } = group.seal()
    const request: WriteRequest = { id, commands, tasks }
    const writer = this.shared ?? this.ownWriter()
    writer.postMessage(request, [commands.buffer as ArrayBuffer])
  }

  private finish(group: Group, outcome: WriteResult | AppError) {
    this.inFlight = undefined
    this.queuedBytes -= group.bytes
    group.settle(outcome)
    this.leave()
    if (this.waiting.length > 0 || !this.filling.isEmpty) this.schedule()
  }

  private receive(reply: WriteReply) {
    const group = this.inFlight!
    if ('error' in reply)
      this.finish(group, unavailable('the write to the disk failed', new Error(reply.error.message)))
    else this.finish(group, reply)
  }

  private follow(port: MessagePort) {
    port.on('message', (message: WriteReply | WriterNotice) => {
      if (message !== 'closing') return this.receive(message)
      this.shared = undefined
      this.leaving = port
      if (this.inFlight === undefined) this.leave()
    })
    port.once('close', () => {
      if (port !== this.shared && port !== this.leaving) return
      this.shared = undefined
      this.leaving = undefined
      this.writerEnded()
    })
  }

  /** Disconnects from a shared writer that is closing. Further writes go to an own writer. */
  private leave() {
    const port = this.leaving
    this.leaving = undefined
    port?.close()
  }

  private writerEnded(cause?: unknown) {
    if (this.inFlight !== undefined)
      this.finish(this.inFlight, unavailable('the writer thread ended: the write may or may not have been done', cause))
  }

  private ownWriter(): Worker {
    if (this.worker !== undefined) return this.worker
    const { dir, mapBytes } = this.options
    const resourceLimits = { maxYoungGenerationSizeMb: writerYoungGenerationMbMax }
    const options = { workerData: { dir, mapBytes }, execArgv: [], resourceLimits }
    const worker = startThread('writer-thread', import.meta.url, options)
    let failure: unknown
    worker.on('message', (reply: WriteReply) => this.receive(reply))
    worker.on('error', (error) => {
      failure = error
    })
    worker.on('exit', () => {
      this.worker = undefined
      this.writerEnded(failure)
    })
    this.worker = worker
    return worker
  }
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('UNAVAILABLE', { message, retriable: true, cause })
}
