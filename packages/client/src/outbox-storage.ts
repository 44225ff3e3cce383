/** The methods used of a storage; `localStorage` and `sessionStorage` have them. */
export type QueueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/**
 * Keeps a queue over a reload. Each instance writes its own key, so that two tabs never overwrite each other, and
 * takes over the entries under the keys of other instances: of closed tabs, and of open ones. In the second case both
 * send the same events; these have the same ids, so they count once.
 */
export class OutboxStorage<T> {
  private readonly storage: QueueStorage | undefined
  private readonly prefix: string
  private readonly ownKey: string

  /** @param scope queues of other scopes, such as those of another server, are not taken over */
  constructor(storage: QueueStorage | undefined, scope: string, instanceId: string) {
    this.storage = storage
    this.prefix = `pickstream.queue ${scope} `
    this.ownKey = this.prefix + instanceId
  }

  /**
   * Returns and takes over the entries of other instances, oldest instance first. Entries that cannot be read are
   * dropped.
   */
  takeOver(): T[] {
    const { storage } = this
    if (!storage) return []
    try {
      const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter(
        (key): key is string => key?.startsWith(this.prefix) === true,
      )
      const found = keys.flatMap((key) => entriesOf<T>(storage.getItem(key)))
      if (found.length > 0) this.save(found) // before the other copies are removed, so that a crash in between loses nothing
      for (const key of keys) if (key !== this.ownKey) storage.removeItem(key)
      return found
    } catch {
      return [] // the browser denies access to the storage
    }
  }

  /** A full or denied storage is not an error: the queue is then only in memory. */
  save(entries: readonly T[]): void {
    try {
      if (entries.length > 0) this.storage?.setItem(this.ownKey, JSON.stringify(entries))
      else this.storage?.removeItem(this.ownKey)
    } catch {
      // Kept in memory.
    }
  }
}

function entriesOf<T>(text: string | null): T[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(entries) ? (entries as T[]) : []
  } catch {
    return []
  }
}

/** Returns the page's `localStorage`; undefined outside of browsers, or if the browser denies access. */
export function defaultStorage(): QueueStorage | undefined {
  try {
    return typeof document === 'undefined' ? undefined : globalThis.localStorage
  } catch {
    return undefined
  }
}
