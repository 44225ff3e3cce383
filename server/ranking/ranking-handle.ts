import type { MessagePort, Worker } from 'node:worker_threads'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import { startThread } from '../../platform/start-thread.ts'
import { AppError } from '../../schema/app-error.ts'
import type { Message, Method } from './messages.ts'
import type { RankingService } from './ranking-service.ts'

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Questions in the thread's queue; beyond, it is better to say so than to wait. */
const pendingMax = 2_000
const restartMs = 1_000

/** Maximum young generation of the thread's heap. */
const youngGenerationMbMax = 6

export interface RankingThreadParts {
  readonly config: Config
  readonly logger: Logger
  /** Embedded only: a way to the writer of this thread, so that the ranking thread starts none of its own. */
  readonly connectWriter?: () => MessagePort
}

/** What the thread is started with. */
export interface RankingThreadData {
  readonly config: Config
  readonly writer?: MessagePort
}

/** Starts the ranking thread; resolves once it takes requests. A thread that ends is restarted. */
export async function startRankingThread(parts: RankingThreadParts): Promise<RankingService> {
  const handle = new RankingHandle(parts)
  await handle.started
  return handle
}

class RankingHandle implements RankingService {
  readonly started: Promise<void>
  readonly ready: Promise<void>
  modelVersion = 0
  private readonly pending = new Map<number, Pending>()
  private worker!: Worker
  private next = 0
  private closing = false
  private onStarted = () => {}
  private onReady = () => {}
  private onFailed = (_error: Error) => {}

  constructor(private readonly parts: RankingThreadParts) {
    this.ready = new Promise((resolve) => {
      this.onReady = resolve
    })
    this.started = new Promise((resolve, reject) => {
      this.onStarted = resolve
      this.onFailed = reject
    })
    this.start()
  }

  similar: RankingService['similar'] = (requests) => this.ask('similar', [requests])
  together: RankingService['together'] = (requests) => this.ask('together', [requests])
  session: RankingService['session'] = (request) => this.ask('session', [request])
  trending: RankingService['trending'] = (window, request) => this.ask('trending', [window, request])
  rank: RankingService['rank'] = (request) => this.ask('rank', [request])

  async close(): Promise<void> {
    this.closing = true
    const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()))
    this.worker.postMessage('stop')
    await exited
  }

  private start(): void {
    const writer = this.parts.connectWriter?.()
    this.worker = startThread('ranking-thread', import.meta.url, {
      workerData: { config: this.parts.config, writer } satisfies RankingThreadData,
      transferList: writer ? [writer] : [],
      name: 'ranking',
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMbMax },
    })
    this.worker.on('message', (message: Message) => this.take(message))
    this.worker.on('error', (error) => this.onFailed(error))
    this.worker.on('exit', (code) => {
      this.onFailed(new Error(`the ranking thread ended with code ${code}`))
      for (const { reject } of this.pending.values()) reject(unavailable('the ranking thread ended'))
      this.pending.clear()
      if (this.closing) return
      this.parts.logger.error({ code }, 'the ranking thread ended; it is started again')
      setTimeout(() => this.closing || this.start(), restartMs)
    })
  }

  private take(message: Message): void {
    switch (message.kind) {
      case 'started':
        this.onStarted()
        break
      case 'ready':
        this.onReady()
        break
      case 'model':
        this.modelVersion = message.version
        break
      case 'answer':
        this.settle(message.id)?.resolve(message.result)
        break
      case 'failure':
        this.settle(message.id)?.reject(new Error(message.message))
    }
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id)
    this.pending.delete(id)
    return pending
  }

  private ask<T>(method: Method, args: unknown[]): Promise<T> {
    if (this.pending.size >= pendingMax) return Promise.reject(unavailable('too many lists are being ranked'))
    const id = this.next++
    return new Promise<T>((resolve, reject) => {
      this.worker.postMessage({ id, method, args }) // throws where the question cannot be sent
      this.pending.set(id, { resolve: resolve as (result: unknown) => void, reject })
    })
  }
}

const unavailable = (message: string) => new AppError('UNAVAILABLE', { message })
