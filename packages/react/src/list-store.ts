import type { Pickstream, PickstreamError, RecommendationList, WatchOptions } from '@pickstream/client'

/** State of a watched list. `error`: the server rejected the subscription, which has ended. */
export interface WatchedList {
  readonly list: RecommendationList | undefined
  readonly error: PickstreamError | undefined
}

export type ListArguments = Omit<WatchOptions, 'initial' | 'sinceRevision' | 'onError'>

/** How long a list that suspends a component is loaded, and how long it is watched afterwards, while no component shows it. */
const loadMsMax = 30_000
const unshownMsMax = 1_000
/** Maximum lists per client that are kept while no component shows them. */
const idleMax = 50

/** One watched list, for all components that show it. It is watched while it has subscribers, and kept afterwards. */
export class ListStore {
  private readonly client: Pickstream
  private readonly userId: string
  private readonly list: ListArguments
  private readonly listeners = new Set<() => void>()
  private state: WatchedList
  private stop: (() => void) | undefined
  private unused: ReturnType<typeof setTimeout> | undefined
  private firstList: { readonly arrived: Promise<void>; readonly resolve: () => void } | undefined

  constructor(client: Pickstream, userId: string, list: ListArguments, initial?: RecommendationList) {
    this.client = client
    this.userId = userId
    this.list = list
    this.state = { list: initial, error: undefined }
  }

  readonly get = (): WatchedList => this.state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    clearTimeout(this.unused)
    this.watch()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.leave()
    }
  }

  /** Takes a list that may be newer than the one kept from before, unless the store is watched already. */
  offer(list: RecommendationList): void {
    const { list: kept } = this.state
    if (!this.stop && (!kept || list.revision > kept.revision)) this.state = { ...this.state, list }
  }

  get isUsed(): boolean {
    return this.stop !== undefined
  }

  /** Starts watching before a component subscribes. Resolves when the first list or an error has arrived. */
  load(): Promise<void> {
    let resolve = (): void => {}
    this.firstList ??= { arrived: new Promise((done) => (resolve = done)), resolve: () => resolve() }
    this.watch()
    this.leaveUnlessShown(loadMsMax)
    return this.firstList.arrived
  }

  private watch(): void {
    if (this.stop || this.state.error) return
    this.stop = this.client.watch(this.userId, (list) => this.set({ list, error: undefined }), {
      ...this.list,
      initial: this.state.list,
      onError: (error) => {
        this.stop = undefined
        this.set({ list: this.state.list, error })
      },
    })
  }

  private leaveUnlessShown(withinMs: number): void {
    if (this.listeners.size > 0) return
    clearTimeout(this.unused)
    this.unused = setTimeout(() => this.leave(), withinMs)
  }

  private leave(): void {
    clearTimeout(this.unused)
    this.stop?.()
    this.stop = undefined
    // The next subscriber may retry.
    if (this.state.error) this.state = { list: this.state.list, error: undefined }
    this.firstList?.resolve() // components that still wait request it again
    this.firstList = undefined
  }

  private set(state: WatchedList): void {
    this.state = state
    this.firstList?.resolve()
    this.leaveUnlessShown(unshownMsMax)
    for (const listener of [...this.listeners]) listener()
  }
}

const storesOf = new WeakMap<Pickstream, Map<string, ListStore>>()

/**
 * Returns the store of a list of one client, the same for the same arguments. `initial` is used if it is newer than the
 * store's list.
 */
export function listStoreOf(
  client: Pickstream,
  userId: string,
  list: ListArguments,
  initial?: RecommendationList,
): ListStore {
  const stores = storesOf.get(client) ?? new Map<string, ListStore>()
  storesOf.set(client, stores)
  const key = JSON.stringify([userId, list.first, list.filter, list.exclude, list.diversity, list.placement])
  const known = stores.get(key)
  if (known && initial) known.offer(initial)
  const store = known ?? new ListStore(client, userId, list, initial)
  stores.delete(key) // so that the map is in the order of use
  stores.set(key, store)
  for (const [oldKey, old] of stores) {
    if (stores.size <= idleMax) break
    if (old !== store && !old.isUsed) stores.delete(oldKey)
  }
  return store
}
