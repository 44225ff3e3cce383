/** One value of a feed, with the data that determines who receives it. */
export interface FeedValue<T> {
  readonly value: T
  /** Orders the values of one feed as strings; undefined if each value replaces the previous one. */
  readonly revision?: string
  /**
   * Whether the same revision is sent again because the items that may be listed have changed; then subscribers that
   * have this revision receive it too.
   */
  readonly isRepeat?: boolean
  /** Headers of the record from which the value was made: `born`, when the server accepted the event, and its trace. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The values of a subscription: a first value, then newer ones. Feeds with the same key have the same values. */
export interface Feed<T> {
  readonly key: string
  /** Only values with a greater revision are emitted. */
  readonly since?: string
  /**
   * Whether revisions mean the same for every feed with this key at any time, so that a later connection can continue
   * after one. Default: false.
   */
  readonly canResume?: boolean
  /** Whether the feed can emit its newest value again; otherwise, the newest value is kept for later subscribers. */
  readonly canRepeat?: boolean
  /** Starts the feed. `emit` is not called after the feed was closed. */
  open(emit: (value: FeedValue<T>) => void): OpenFeed
}

export interface OpenFeed {
  close(): void
  /** Emits the newest value again, for a later subscriber. */
  repeat?(): void
}

/**
 * A feed as the source of a graphql-js subscription. Iterating yields the values for one subscriber; while it is slow,
 * only the newest is kept. The socket server opens feeds directly instead and shares them between subscribers.
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
