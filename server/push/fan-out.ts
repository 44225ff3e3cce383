import { GraphQLError } from 'graphql'
import type { JsonResult } from '../graphql/json-plan.ts'
import type { Inputs, Operation, Operations } from '../graphql/operations.ts'
import type { Feed, FeedValue, OpenFeed } from './feed.ts'
import { resultText } from './result-text.ts'
import { type Framing, type Payload, Subscriber, type SubscriberSocket } from './subscriber.ts'

interface Deps {
  readonly operations: Operations
  /** A fresh context for every execution: loaders must not outlive one push. */
  readonly makeContext: () => unknown
  readonly formatErrors: (errors: readonly GraphQLError[]) => unknown
  /** Called once per value, when it was handed to the last socket. A throw is reported to onError and changes nothing. */
  readonly onPushed: (headers: FeedValue<unknown>['headers'], subscribers: number) => void
  /** Called with what a hook, an execution or a socket threw: the subscribers concerned miss that value. Must not throw. */
  readonly onError: (error: unknown) => void
}

/** What subscribers must have in common to share one execution and one encoding. */
export interface Shape {
  readonly operation: Operation
  readonly operationId: string
  readonly inputs: Inputs
  /** The variables that decide the answer, as text. */
  readonly variablesKey: string
}

/** Sockets written in one go; between goes, other work gets its turn. */
const slice = 500

/**
 * Sends what feeds show to their subscribers. Subscribers of the same feed, operation and variables share the feed, the
 * execution and the bytes: a push costs one execution, however many watch.
 */
export class FanOut {
  private readonly groups = new Map<string, Group>()
  subscribers = 0

  constructor(private readonly deps: Deps) {}

  /** Adds one subscription. @returns what ends it; further calls do nothing */
  subscribe(feed: Feed<unknown>, shape: Shape, socket: SubscriberSocket, framing: Framing): () => void {
    const key = `${shape.operationId} ${feed.key} ${shape.variablesKey}`
    let group = this.groups.get(key)
    if (!group) this.groups.set(key, (group = new Group(shape, this.deps)))
    const joined = group
    this.subscribers++
    const leave = joined.join(new Subscriber(socket, framing, feed.since), feed)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.subscribers--
      leave()
      if (joined.isEmpty && this.groups.get(key) === joined) this.groups.delete(key)
    }
  }
}

class Group {
  private readonly subscribers = new Set<Subscriber>()
  /** For those who come later; not kept for one subscriber alone whose feed can repeat it. */
  private latest: Payload | undefined
  private feed: OpenFeed | undefined
  private canRepeat = false
  /** Executions begun and the newest delivered: one that took longer than its successor is dropped. */
  private begun = 0
  private delivered = 0

  constructor(
    private readonly shape: Shape,
    private readonly deps: Deps,
  ) {}

  get isEmpty(): boolean {
    return this.subscribers.size === 0
  }

  join(subscriber: Subscriber, feed: Feed<unknown>): () => void {
    this.subscribers.add(subscriber)
    if (this.latest) this.send(subscriber, this.latest)
    else if (this.delivered > 0) this.feed?.repeat?.()
    this.canRepeat = feed.canRepeat === true
    this.feed ??= feed.open((value) => this.push(value))
    return () => {
      subscriber.close()
      this.subscribers.delete(subscriber)
      if (this.isEmpty) this.feed?.close()
    }
  }

  private push(value: FeedValue<unknown>): void {
    const turn = ++this.begun
    const { operations, makeContext, onError } = this.deps
    const { operation, inputs } = this.shape
    const deliver = (done: JsonResult) => this.deliver(turn, value, done)
    const fail = (error: Error) => deliver({ data: undefined, errors: [toGraphQLError(error)] })
    try {
      const answer = operations.answer(operation, inputs, makeContext(), value.value)
      if (answer instanceof Promise) answer.then(deliver, fail).catch(onError)
      else deliver(answer)
    } catch (error) {
      onError(error)
    }
  }

  private deliver(turn: number, { revision, isRepeat, headers }: FeedValue<unknown>, answer: JsonResult): void {
    if (turn < this.delivered || this.isEmpty) return
    this.delivered = turn
    const body = resultText(answer, this.deps.formatErrors)
    if (this.subscribers.size > 1) {
      this.latest = { body: Buffer.from(body), revision, isRepeat }
      this.sendToMany(this.latest, headers).catch(this.deps.onError)
      return
    }
    const payload = { body, revision, isRepeat }
    this.latest = this.canRepeat ? undefined : payload
    for (const subscriber of this.subscribers) this.send(subscriber, payload)
    this.deps.onPushed(headers, 1)
  }

  /** A socket that throws does not keep the value from the others. */
  private send(subscriber: Subscriber, payload: Payload): void {
    try {
      subscriber.deliver(payload)
    } catch (error) {
      this.deps.onError(error)
    }
  }

  private async sendToMany(payload: Payload, headers: FeedValue<unknown>['headers']): Promise<void> {
    const subscribers = [...this.subscribers]
    for (let n = 0; n < subscribers.length; n++) {
      if (n > 0 && n % slice === 0) {
        await new Promise((resolve) => setImmediate(resolve))
        // A newer one is on its way to all of them.
        if (this.latest !== payload) return
      }
      this.send(subscribers[n]!, payload)
    }
    this.deps.onPushed(headers, subscribers.length)
  }
}

const toGraphQLError = (error: Error) => new GraphQLError(error.message, { originalError: error })
