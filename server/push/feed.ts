/** One value of a feed, with what decides who gets it. */
export interface FeedValue<T> {
  readonly value: T
  /** Orders values of one feed as strings; undefined where each simply replaces the one before. */
  readonly revision?: string
  /** The same revision again, because what may be listed has changed: for those who have this revision already, too. */
  readonly isRepeat?: boolean
  /** Headers of the record behind it: `born`, when the server took in the event, and the trace it belongs to. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a subscription shows, live: a value at first, then newer ones. Feeds with the same key show the same. */
export interface Feed<T> {
  readonly key: string
  /** Only values with a greater revision are wanted. */
  readonly since?: string
  /** Whether its revisions mean the same to every feed with this key, at any time: a later connection can go on after one. Default: false. */
  readonly canResume?: boolean
  /** Whether it can emit its newest value once more; if not, the sharer of the feed keeps it for later subscribers. */
  readonly canRepeat?: boolean
  /** Begins; `emit` is never called after it was closed. */
  open(emit: (value: FeedValue<T>) => void): OpenFeed
}

export interface OpenFeed {
  close(): void
  /** Emits the newest value once more, for a later subscriber. */
  repeat?(): void
}

/**
 * A feed as graphql-js wants a subscription's source. Iterating gives every value of one subscriber, newest wins while it
 * is slow; the socket server opens the feed itself instead, and shares it between subscribers.
 */
export class FeedSource<T> implements AsyncIterable<T> {
  constructor(readonly feed: Feed<T>) {}

  [Symbol.asyncIterator](): AsyncIterator<T> {
    let newest: T | undefined
    let wake: (() => void) | undefined
    let ended = false
    const feed = this.feed.open(({ value, revision }) => {
      const { since } = this.feed
      if (since !== undefined && revision !== undefined && revision <= since) return
      newest = value
      wake?.()
    })
    return {
      async next() {
        while (newest === undefined && !ended) await new Promise<void>((resolve) => (wake = resolve))
        const value = newest
        newest = undefined
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      async return() {
        ended = true
        newest = undefined
        feed.close()
        wake?.()
        return { done: true, value: undefined }
      },
    }
  }
}
