import type { GraphQLFailure, PickstreamError } from './errors.ts'

export interface LiveOptions {
  readonly url: string
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly fetch: typeof fetch
  readonly webSocket?: unknown
}

/** A GraphQL subscription. */
export interface Operation {
  readonly query: string
  readonly variables?: object
}

/** One answer of a subscription. */
export interface Message<Data> {
  readonly data?: Data | null
  readonly errors?: readonly GraphQLFailure[]
}

/** How a subscription ended: whether the server was reached, and its error if it rejected the subscription. */
export interface Ending {
  readonly reached: boolean
  /** The server ended the subscription. */
  readonly isComplete?: boolean
  readonly refusal?: PickstreamError
  /** Whether the credentials were rejected, not the subscription. */
  readonly isAccess?: boolean
}

export interface Transport {
  /**
   * Calls `onOpen` when the connection is established, and `onEnd` at most once; neither after the returned function
   * was called.
   */
  subscribe<Data>(operation: Operation, on: TransportListener<Data>): () => void
  close(): void
}

export interface TransportListener<Data> {
  onOpen(): void
  onNext(message: Message<Data>): void
  onEnd(ending: Ending): void
}
