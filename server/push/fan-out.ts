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
  /** Called once per value, after it was handed to the last socket. If it throws, onError is called. */
  readonly onPushed: (headers: FeedValue<unknown>['headers'], subscribers: number) => void
  /**
   * Called with an error of a hook, an execution or a socket. The subscribers concerned miss that value. Must not
   * throw.
   */
  readonly onError: (error: unknown) => void
}

/** The properties that subscriptions must share to use one execution and one encoding. */
export interface Shape {
  readonly operation: Operation
  readonly operationId: string
  readonly inputs: Inputs
  /** The variables that determine the answer, as text. */
  readonly variablesKey: string
}

/** Sockets written in one turn of the event loop. */
const slice = 500

/**
 * Sends the values of feeds to their subscribers. Subscribers of the same feed, operation and variables share the feed,
 * the execution and the bytes, so a push costs one execution, however many subscribers there are.
 */
export class FanOut {
  private readonly groups = new Map<string, Group>()
  subscribers = 0

  constructor(private readonly deps: Deps) {}

  /** Adds one subscription. @returns a function that ends it; further calls do nothing */
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
  /** The newest message for later subscribers; not kept for a single subscriber whose feed can repeat it. */
  private latest: Payload | undefined
  private feed: OpenFeed | undefined
  private canRepeat = false
  /**
   * Number of executions begun, and the newest one delivered. The result of an execution that ends after a later one is
   * dropped.
   */
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

  /** An error of one socket must not affect the others. */
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
        // A newer value is being sent to all of them.
        if (this.latest !== payload) return
      }
      this.send(subscribers[n]!, payload)
    }
    this.deps.onPushed(headers, subscribers.length)
  }
}

const toGraphQLError = (error: Error) => new GraphQLError(error.message, { originalError: error })
