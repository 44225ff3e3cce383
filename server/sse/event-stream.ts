import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { appErrorOf, formatErrors, headersOf, statusOf } from '../graphql/errors.ts'
import type { JsonResult } from '../graphql/json-plan.ts'
import type { Feed } from '../push/feed.ts'
import { resultText } from '../push/result-text.ts'
import type { OperationSink } from '../push/start-operation.ts'
import type { Framing, SubscriberSocket } from '../push/subscriber.ts'

interface Options {
  readonly logger: Logger
  /** Headers of the HTTP answer, in addition to those of an event stream. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Counts bytes of an answer until they are sent. @returns a function to call then; undefined if the client is over
   * its limit
   */
  readonly count: (bytes: number) => (() => void) | undefined
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  // nginx would buffer events until its buffer is full.
  'x-accel-buffering': 'no',
}

/** A comment line, which clients ignore and which shows proxies that the connection is in use. */
const heartbeat = ':\n\n'
const completeEvent = 'event: complete\ndata:\n\n'

/** Statuses that tell a client to retry later or in another way; every other error is an event. */
const statusesOfAnswers: readonly (number | undefined)[] = [405, 429, 503]

/**
 * One operation of graphql-sse's protocol in distinct connections mode: an HTTP response that answers it in events.
 * `next` contains an execution result; for a list, its `id` is the revision. `complete` is the last event. A response
 * that ends without it was cut off by the end of the server, by expired credentials, or by the network; the client then
 * reconnects with `Last-Event-ID`.
 *
 * As on a WebSocket, a subscriber has one message in flight and one waiting.
 */
export class EventStream implements OperationSink, SubscriberSocket {
  readonly OPEN = 1
  private release: (() => void) | undefined
  private hasEnded = false
  private begun = false
  private sentAtLastBeat = 0

  constructor(
    private readonly response: ServerResponse,
    private readonly options: Options,
  ) {}

  /** Event ids are sent only if a later stream can continue after one. */
  framingOf({ canResume }: Feed<unknown>): Framing {
    return canResume ? framingWithIds : framingWithoutIds
  }

  get ended(): boolean {
    return this.hasEnded
  }

  get readyState(): number {
    return this.hasEnded || !this.response.writable ? 3 : 1
  }

  get bufferedAmount(): number {
    return this.response.writableLength
  }

  send(data: Buffer | string, _options: unknown, done: (error?: Error) => void): void {
    this.begin() // a later subscriber of a group gets its newest message before `hold`
    this.response.write(data, (error) => done(error ?? undefined))
  }

  terminate(): void {
    this.response.destroy()
  }

  /** Sends the head, so that clients and proxies know at once that the stream is open. */
  begin(): void {
    if (this.begun || this.hasEnded) return
    this.begun = true
    this.response.writeHead(200, { ...this.options.headers, ...streamHeaders })
    this.response.write(heartbeat)
  }

  /**
   * Writes a heartbeat if the stream is open. To be called at intervals shorter than the idle timeout of proxies.
   * Disconnects a client that has read nothing of the waiting bytes since the last call.
   */
  beat(): void {
    if (!this.begun || this.hasEnded) return
    const { writableLength, socket } = this.response
    const sent = (socket?.bytesWritten ?? 0) - writableLength
    if (writableLength > 0 && sent === this.sentAtLastBeat) this.terminate()
    else if (writableLength === 0) this.response.write(heartbeat)
    this.sentAtLastBeat = sent
  }

  hold(release: () => void): void {
    if (this.hasEnded) {
      release()
      return
    }
    this.release = release
    this.begin()
  }

  answer(answer: JsonResult): void {
    if (this.hasEnded) return
    if (answer.data === undefined && answer.errors) {
      this.refuse(answer.errors)
      return
    }
    this.finish(answer)
  }

  refuse(errors: readonly GraphQLError[]): void {
    if (this.hasEnded) return
    const { formatted, status, headers } = formatErrors(errors, this.options.logger)
    const app = appErrorOf(errors[0])
    const answered = app ? statusOf(app) : status
    if (this.begun || !statusesOfAnswers.includes(answered)) {
      this.finish({ data: undefined, errors })
      return
    }
    this.response.writeHead(answered!, {
      ...this.options.headers,
      ...headers,
      ...(app && Object.fromEntries(headersOf(app))),
      'content-type': 'application/json; charset=utf-8',
    })
    this.response.end(`${JSON.stringify({ errors: formatted })}\n`)
    this.end()
  }

  /** Also ends the response, because a stream has one operation. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.release?.()
    if (!this.response.writableEnded) this.response.end()
  }

  private finish(answer: JsonResult): void {
    const format = (errors: readonly GraphQLError[]) => formatErrors(errors, this.options.logger).formatted
    const text = `event: next\ndata: ${resultText(answer, format)}\n\n`
    const sent = this.options.count(Buffer.byteLength(text))
    if (!sent) {
      this.terminate()
      return
    }
    this.response.once('close', sent)
    this.begin()
    this.response.write(text)
    this.response.end(completeEvent)
    this.end()
  }
}

// JSON has no line breaks, so a result is one line of data.
const tail = '\n\n'
const framingWithoutIds: Framing = { head: () => 'event: next\ndata: ', tail }
const framingWithIds: Framing = { head: ({ revision }) => `event: next\nid: ${revision}\ndata: `, tail }
