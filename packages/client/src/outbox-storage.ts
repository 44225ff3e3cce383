/** `localStorage` and `sessionStorage` fit. */
export type QueueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/**
 * Keeps a queue over a reload. Each instance writes a key of its own, so that two tabs never overwrite each other, and takes over what
 * it finds under the keys of others: tabs that are gone, or that are still open. In the second case both send the same events; they
 * have the same ids, so they count once.
 */
export class OutboxStorage<T> {
  private readonly storage: QueueStorage | undefined
  private readonly prefix: string
  private readonly ownKey: string

  /** `scope`: queues of other scopes, such as another server's, are left alone. */
  constructor(storage: QueueStorage | undefined, scope: string, instanceId: string) {
    this.storage = storage
    this.prefix = `pickstream.queue ${scope} `
    this.ownKey = this.prefix + instanceId
  }

  /** What instances before left behind, oldest instance first. Entries that cannot be read are dropped. */
  takeOver(): T[] {
    const { storage } = this
    if (!storage) return []
    try {
      const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter(
        (key): key is string => key?.startsWith(this.prefix) === true,
      )
      const found = keys.flatMap((key) => entriesOf<T>(storage.getItem(key)))
      if (found.length > 0) this.save(found) // before the other copies go, so that a crash in between loses nothing
      for (const key of keys) if (key !== this.ownKey) storage.removeItem(key)
      return found
    } catch {
      return [] // storage that the browser denies
    }
  }

  /** A full or denied storage is no error: the queue is then kept in memory alone. */
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

/** The page's `localStorage`; undefined outside of browsers and where the browser denies it. */
export function defaultStorage(): QueueStorage | undefined {
  try {
    return typeof document === 'undefined' ? undefined : globalThis.localStorage
  } catch {
    return undefined
  }
}
