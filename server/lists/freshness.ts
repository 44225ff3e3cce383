import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { type CausalToken, userHash } from '../../schema/causal-token.ts'
import { decodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import type { StoredList } from '../../schema/records/list.ts'
import { decodeUserState, type StoredUserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
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
  readonly config: { readonly EPOCH: number }
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
  const wanted = requiredPositionOf(userId, token, deps.config.EPOCH)
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
  /** Of all positions: tokens of an earlier epoch are of another timeline. */
  readonly epoch: number
  readonly offset: number | undefined
  readonly adopted: { readonly partition: number; readonly offset: number } | undefined
  /** Offset in topic interactions.backfill. */
  readonly backfilled: number | undefined
}

function requiredPositionOf(userId: string, token: CausalToken, epoch: number): RequiredPosition {
  const hash = userHash(userId)
  return {
    epoch,
    offset: token.positions.get(hash)?.offset,
    adopted: token.adopted.get(hash),
    backfilled: token.backfilled.get(hash)?.offset,
  }
}

/** A list of an earlier epoch includes no position of this one, whatever its offsets. */
function includesRequired({ list, erased }: ListEntry, wanted: RequiredPosition): boolean {
  const { epoch, offset, adopted, backfilled } = wanted
  if (requiresNothing(wanted)) return true
  if (((list ?? erased)?.epoch ?? -1) < epoch) return false
  if (backfilled !== undefined && ((list ?? erased)?.backfilled ?? -1) < backfilled) return false
  if (offset !== undefined && (list?.position.offset ?? erased?.offset ?? -1) < offset) return false
  return adopted === undefined || (list !== undefined && includesPosition(list, adopted))
}

const requiresNothing = ({ offset, adopted, backfilled }: RequiredPosition): boolean =>
  offset === undefined && adopted === undefined && backfilled === undefined

/** Whether everything the token names has been applied without changing the user, so that the list stays as it is. */
async function changedNothing(
  userId: string,
  { list }: ListEntry,
  { epoch, offset = -1, adopted, backfilled = -1 }: RequiredPosition,
  store: Store,
): Promise<boolean> {
  if (list === undefined) return false
  const [bytes] = await store.get(tables.userStates, [{ partition: userId }])
  if (bytes === undefined) return false
  const state = decodeUserState(bytes)
  return (
    !changedAfter(list, state) &&
    writeTimestampOf(state.position.offset, state.epoch) >= writeTimestampOf(offset, epoch) &&
    (state.backfill?.applied ?? -1) >= backfilled &&
    (adopted === undefined || includesPosition(list, adopted))
  )
}

/**
 * Whether the user has changed since the list was made. A state that comes from an earlier epoch than its newest record
 * has `changed` 0; so has a state that the first record of a topic has changed.
 */
function changedAfter({ epoch, position }: StoredList, state: StoredUserState): boolean {
  const isOfSameEpoch = (state.epoch ?? 0) === epoch
  return isOfSameEpoch ? state.changed > position.offset : state.changed > 0 || state.position.offset === 0
}

const includesPosition = (list: StoredList, { partition, offset }: { partition: number; offset: number }) =>
  list.adopted.some((position) => position.partition === partition && position.offset === offset)

const catalogIncludes = ({ items }: CausalToken, { catalog }: Deps) => items === undefined || catalog.readUpTo >= items

/**
 * Whether the user was erased at or after the required position. Erasures can be looked up for 8 days, by a hash of the
 * user id.
 */
async function erasedSince(userId: string, wanted: RequiredPosition, store: Store): Promise<boolean> {
  const { offset = -1, adopted, backfilled = -1 } = wanted
  if (adopted !== undefined || requiresNothing(wanted)) return false
  const partition = erasureKey(userId)
  const [bytes] = await store.get(tables.erasures, [{ partition }])
  if (bytes === undefined) return false
  const { epoch = wanted.epoch, ...done } = decodeDoneErasure(bytes)
  return epoch >= wanted.epoch && done.offset >= offset && done.backfilled >= backfilled
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

/** Whether the token requires something that cannot be looked up, because it was issued on another timeline. */
export function isOfOtherTimeline(userId: string, token: CausalToken, timeline: number): boolean {
  if (token.timeline === undefined || token.timeline === timeline) return false
  return token.items !== undefined || !requiresNothing(requiredPositionOf(userId, token, 0))
}

export const otherTimelineError = (recommendations: unknown): AppError =>
  new AppError('PICKS_NOT_FRESH', {
    message: 'after: the token is older than a restore of the data, so its events may be missing; read without it',
    retriable: false,
    details: { recommendations },
  })

export const notFreshError = (timeoutMs: number, recommendations: unknown): AppError =>
  new AppError('PICKS_NOT_FRESH', {
    message: `no list that has seen the token's events within ${timeoutMs} ms`,
    details: { recommendations },
  })
