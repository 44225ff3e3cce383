import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { AppError } from '../../schema/app-error.ts'
import type { LogRecord } from '../ports/event-log.ts'
import { startThread } from '../start-thread.ts'
import { DiskGuard } from './disk-guard.ts'
import type { PutCommand, Task, WriteReply, WriteRequest, WriterMessage, WriterNotice } from './write-commands.ts'
import { bytesOfRecord, bytesOfRow, Group, groupBytesMax, type PendingOffset, type WriteResult } from './write-group.ts'

export interface WriteQueueOptions {
  readonly dir: string
  readonly mapBytes?: number
  /** Writes wait at most in so many bytes; beyond, they are refused with a retriable error. */
  readonly queuedBytesMax: number
  /** Writes are refused, with a retriable error, while the disk has less room than this. */
  readonly freeBytesMin: number
  /** The writer of another thread of this process, to share its commits. Without one, or when it ends, an own one. */
  readonly writer?: MessagePort
}

/** A record, and where it goes. */
interface PlacedRecord {
  readonly topicId: number
  readonly partition: number
  readonly record: LogRecord
}

/** How long a group's committed offsets may wait for company. They need no fsync of their own: a lost one repeats a batch. */
const offsetsWaitMs = 20
/**
 * The same for rows: a list is on its way from topic to topic, and a commit of rows alone would hold up the append that comes
 * next by a whole fsync.
 */
const rowsWaitMs = 2
/** Of the writer's heap, which holds little: what it writes lies outside. */
const writerYoungGenerationMbMax = 6

/** Everything one thread wants written, gathered into groups: while one group is being synced, the next one fills. */
export class WriteQueue {
  private readonly disk: DiskGuard
  private filling = new Group()
  private readonly waiting: Group[] = []
  private queuedBytes = 0
  private inFlight: Group | undefined
  private requestId = 0
  private worker: Worker | undefined
  private shared: MessagePort | undefined
  /** The shared writer that is closing, while it still owes an answer. */
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
   * All of it in one group: written together or not at all. Resolves once durable.
   * @returns undefined, with nothing written, where it is more than a group takes
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

  /** Written with whatever comes next, or soon by itself. */
  commitOffset(key: Buffer, offset: number): Promise<unknown> {
    const group = this.open(key.length + 16)
    group.commands.commitOffset(key, offset)
    this.scheduleWithin(offsetsWaitMs)
    return group.done
  }

  /** @throws AppError UNAVAILABLE where the folder takes no writes now: its disk is full, or its file was removed */
  async checkWritable(): Promise<void> {
    const refusal = await this.disk.refusal()
    if (refusal) throw refusal
  }

  /** Resolves when all earlier writes are durable or refused. */
  async flush(): Promise<void> {
    const group = this.filling
    if (!group.isEmpty) this.schedule()
    await Promise.allSettled([
      this.inFlight?.done,
      ...this.waiting.map((each) => each.done),
      group.isEmpty || group.done,
    ])
  }

  /** A way to this thread's writer, for another thread's `writer` option. */
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
      throw unavailable(`more than ${queuedBytesMax} bytes wait for the disk`)
    this.queuedBytes += bytes
    if (this.filling.bytes > groupBytesMax) {
      this.waiting.push(this.filling)
      this.filling = new Group()
    }
    this.filling.bytes += bytes
    return this.filling
  }

  /** Not at once: what the same turn of the event loop still asks for shall share the commit. */
  private schedule() {
    if (this.inFlight !== undefined || this.scheduled) return
    this.scheduled = true
    process.nextTick(() => {
      this.scheduled = false
      void this.send()
    })
  }

  /** With what is sent sooner, if anything is. */
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
    if ('error' in reply) this.finish(group, unavailable(`the disk refused the write: ${reply.error.message}`))
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

  /** Lets go of a shared writer that waits for it to close. What comes next goes to an own writer. */
  private leave() {
    const port = this.leaving
    this.leaving = undefined
    port?.close()
  }

  private writerEnded(cause?: unknown) {
    if (this.inFlight !== undefined) this.finish(this.inFlight, unavailable('the writer ended', cause))
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
