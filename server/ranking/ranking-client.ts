import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { AppError } from '../../schema/app-error.ts'
import type { Message, Method, Question, RankingStatus } from './messages.ts'
import type { RankingService } from './ranking-service.ts'

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Maximum requests without an answer; further ones are rejected. */
const pendingMax = 2_000

const unknownStatus: RankingStatus = { modelVersion: 0, isReady: false }

/** Sends requests to another thread, in which answerQuestions() has the port of connect(). */
export class RankingClient implements RankingService {
  private readonly pending = new Map<number, Pending>()
  private port: MessagePort | undefined
  private next = 0
  private status = unknownStatus

  /** Of the thread of the last connect(); 0 until it has reported. */
  get modelVersion(): number {
    return this.status.modelVersion
  }

  /** Of the thread of the last connect(): false from its end until another thread has read everything. */
  get isReady(): boolean {
    return this.status.isReady
  }

  /**
   * Returns the port for the thread that answers from now on. When that thread ends, its open requests are rejected,
   * and so are all further ones until the next call.
   */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    port1.on('message', (message: Message) => this.take(message))
    port1.once('close', () => this.port === port1 && this.disconnect())
    this.disconnect()
    this.port = port1
    return port2
  }

  similar: RankingService['similar'] = (requests) => this.ask('similar', [requests])
  together: RankingService['together'] = (requests) => this.ask('together', [requests])
  session: RankingService['session'] = (request) => this.ask('session', [request])
  trending: RankingService['trending'] = (window, request) => this.ask('trending', [window, request])
  rank: RankingService['rank'] = (request) => this.ask('rank', [request])

  private ask<T>(method: Method, args: unknown[]): Promise<T> {
    const { port, pending } = this
    if (port === undefined) return Promise.reject(threadEnded())
    if (pending.size >= pendingMax) return Promise.reject(unavailable('too many lists are being ranked'))
    const id = this.next++
    return new Promise<T>((resolve, reject) => {
      port.postMessage({ id, method, args } satisfies Question) // throws if the request cannot be sent
      pending.set(id, { resolve: resolve as (result: unknown) => void, reject })
    })
  }

  private take(message: Message): void {
    switch (message.kind) {
      case 'status':
        this.status = message
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

  private disconnect(): void {
    this.port = undefined
    this.status = unknownStatus
    for (const { reject } of this.pending.values()) reject(threadEnded())
    this.pending.clear()
  }
}

const unavailable = (message: string) => new AppError('UNAVAILABLE', { message })
const threadEnded = () => unavailable('the thread that ranks has ended')
