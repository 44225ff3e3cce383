import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { type CausalToken, userHash } from '../../schema/causal-token.ts'
import { decodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import type { StoredList } from '../../schema/records/list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { CurrentLists } from './current-lists.ts'
import type { ListCache, ListEntry } from './list-cache.ts'
import type { ListTail } from './list-tail.ts'

interface Deps {
  readonly listCache: ListCache
  readonly listTail: ListTail
  readonly currentLists: CurrentLists
  readonly catalog: Catalog
  readonly store: Store
  readonly clock: Clock
}

/**
 * Interval between reads of the store while waiting: starts at the minimum and doubles up to the maximum. The store
 * tells whether an event needs no new list, because it changed nothing, and whether the tail has missed a record.
 */
const pollMsMin = 100
const pollMsMax = 2_000

/**
 * Waits until a user's list includes everything the token names. Woken by topic lists and by the catalog.
 * @param timeoutMs maximum wait; 0: checks once
 * @returns the newest entry, and whether it includes everything the token names
 */
export async function waitForList(
  userId: string,
  token: CausalToken,
  timeoutMs: number,
  deps: Deps,
): Promise<{ entry: ListEntry; fresh: boolean }> {
  const wanted = requiredPositionOf(userId, token)
  const deadline = new AbortController()
  const signal = new WakeSignal()
  const stops = [deps.listTail.listen(userId, () => signal.wake()), deps.catalog.onChange(() => signal.wake())]
  const expire = () => {
    deadline.abort()
    signal.wake()
  }
  deps.clock.sleep(timeoutMs, deadline.signal).then(expire, expire)
  try {
    let entry = deps.listCache.get(userId) ?? (await deps.currentLists.read(userId))
    for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMsMax, pollMs * 2)) {
      if (includesRequired(entry, wanted) && catalogIncludes(token, deps)) return { entry, fresh: true }
      if (entry.list === undefined && (await erasedSince(userId, wanted, deps.store)) && catalogIncludes(token, deps)) {
        return { entry, fresh: true }
      }
      if (deadline.signal.aborted) return { entry, fresh: false }
      const woken = await signal.waitAtMost(pollMs, deps.clock)
      entry = (woken ? deps.listCache.get(userId) : undefined) ?? (await deps.currentLists.read(userId))
      if (!woken && (await changedNothing(userId, entry, wanted, deps.store)) && catalogIncludes(token, deps)) {
        return { entry, fresh: true }
      }
    }
  } finally {
    deadline.abort()
    for (const stop of stops) stop()
  }
}

/** What the token requires of this user's list; undefined parts require nothing. */
interface RequiredPosition {
  readonly offset: number | undefined
  readonly adopted: { readonly partition: number; readonly offset: number } | undefined
  /** Offset in topic interactions.backfill. */
  readonly backfilled: number | undefined
}

function requiredPositionOf(userId: string, token: CausalToken): RequiredPosition {
  const hash = userHash(userId)
  return {
    offset: token.positions.get(hash)?.offset,
    adopted: token.adopted.get(hash),
    backfilled: token.backfilled.get(hash)?.offset,
  }
}

function includesRequired({ list, erased }: ListEntry, { offset, adopted, backfilled }: RequiredPosition): boolean {
  if (backfilled !== undefined && ((list ?? erased)?.backfilled ?? -1) < backfilled) return false
  if (offset !== undefined && (list?.position.offset ?? erased?.offset ?? -1) < offset) return false
  return adopted === undefined || (list !== undefined && includesPosition(list, adopted))
}

/** Whether everything the token names has been applied without changing the user, so that the list stays as it is. */
async function changedNothing(
  userId: string,
  { list }: ListEntry,
  { offset = -1, adopted, backfilled = -1 }: RequiredPosition,
  store: Store,
): Promise<boolean> {
  if (list === undefined) return false
  const [bytes] = await store.get(tables.userStates, [{ partition: userId }])
  if (bytes === undefined) return false
  const state = decodeUserState(bytes)
  return (
    state.changed <= list.position.offset &&
    state.position.offset >= offset &&
    (state.backfill?.applied ?? -1) >= backfilled &&
    (adopted === undefined || includesPosition(list, adopted))
  )
}

const includesPosition = (list: StoredList, { partition, offset }: { partition: number; offset: number }) =>
  list.adopted.some((position) => position.partition === partition && position.offset === offset)

const catalogIncludes = ({ items }: CausalToken, { catalog }: Deps) => items === undefined || catalog.readUpTo >= items

/**
 * Whether the user was erased at or after the required position. Erasures can be looked up for 8 days, by a hash of the
 * user id.
 */
async function erasedSince(
  userId: string,
  { offset, adopted, backfilled }: RequiredPosition,
  store: Store,
): Promise<boolean> {
  if (adopted !== undefined || (offset === undefined && backfilled === undefined)) return false
  const partition = erasureKey(userId)
  const [bytes] = await store.get(tables.erasures, [{ partition }])
  if (bytes === undefined) return false
  const done = decodeDoneErasure(bytes)
  return done.offset >= (offset ?? -1) && done.backfilled >= (backfilled ?? -1)
}

/** Wakes one waiter; a wake before the wait is not lost. */
class WakeSignal {
  private woken = false
  private resolve: (() => void) | undefined

  wake(): void {
    this.woken = true
    this.resolve?.()
  }

  /** @returns true when woken, false after `ms` */
  async waitAtMost(ms: number, clock: Clock): Promise<boolean> {
    if (!this.woken) {
      const slept = new AbortController()
      const woken = new Promise<void>((resolve) => {
        this.resolve = resolve
      })
      await Promise.race([woken, clock.sleep(ms, slept.signal)])
      slept.abort()
      this.resolve = undefined
    }
    const woken = this.woken
    this.woken = false
    return woken
  }
}

export const notFreshError = (timeoutMs: number, recommendations: unknown): AppError =>
  new AppError('PICKS_NOT_FRESH', {
    message: `no list that has seen the token's events within ${timeoutMs} ms`,
    details: { recommendations },
  })
