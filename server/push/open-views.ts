import type { Catalog } from '../catalog/catalog.ts'
import type { WatchedAnnouncer } from './watched-announcer.ts'

/** A list or page of one user that has subscribers. */
export interface OpenView {
  readonly userId: string
  /** Emits it once more, for a later subscriber. */
  repeat(): void
  /** Emits it again where one of these items must leave it. */
  notice(changed: ReadonlySet<string>): void
  close(): void
}

interface Parts {
  readonly catalog: Pick<Catalog, 'onChange'>
  readonly watched: Pick<WatchedAnnouncer, 'note'>
  /** Views visited before other work of the thread gets its turn. */
  readonly slice: number
  /** Called when views could not be compared with the changed items. */
  readonly onError: (error: unknown) => void
}

/** Delay before changed items reach open views, which then see many changes at once. */
const gatherMs = 100
/** Interval of announcements; users announced less than half a minute ago are skipped. */
const announceMs = 15_000

/** All open views of one kind: announces their users as watched, and notifies the views of changed items. */
export class OpenViews<View extends OpenView> {
  private readonly views = new Set<View>()
  private readonly announcing: NodeJS.Timeout
  private changed = new Set<string>()
  private gathering: NodeJS.Timeout | undefined

  constructor(private readonly parts: Parts) {
    this.announcing = setInterval(() => {
      for (const { userId } of this.views) parts.watched.note(userId)
    }, announceMs)
    this.announcing.unref()
    parts.catalog.onChange((ids) => this.gather(ids))
  }

  get size(): number {
    return this.views.size
  }

  [Symbol.iterator](): Iterator<View> {
    return this.views.values()
  }

  /** @param create called once the user is announced as watched */
  open(userId: string, create: () => View): { repeat(): void; close(): void } {
    this.parts.watched.note(userId)
    const view = create()
    this.views.add(view)
    return {
      repeat: () => view.repeat(),
      close: () => {
        view.close()
        this.views.delete(view)
      },
    }
  }

  /** Visits all views in slices; waits for what a visit returns. Rejects where a visit fails. */
  async inSlices(visit: (view: View) => void | Promise<void>): Promise<void> {
    let visited = 0
    for (const view of this.views) {
      const done = visit(view)
      if (done) await done
      if (++visited % this.parts.slice === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  close(): void {
    clearInterval(this.announcing)
    clearTimeout(this.gathering)
  }

  private gather(ids: ReadonlySet<string>): void {
    if (this.views.size === 0) return
    for (const id of ids) this.changed.add(id)
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined
      const changed = this.changed
      this.changed = new Set()
      this.inSlices((view) => view.notice(changed)).catch(this.parts.onError)
    }, gatherMs)
  }
}
