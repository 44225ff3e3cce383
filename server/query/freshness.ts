import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { type CausalToken, userHash } from '../../schema/causal-token.ts'
import { erasureKey } from '../../schema/records/erasure.ts'
import type { StoredPicks } from '../../schema/records/picks.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import type { PicksTail } from '../push/picks-tail.ts'
import type { PicksCache, PicksEntry } from './picks-cache.ts'

interface Deps {
  readonly cache: PicksCache
  readonly tail: PicksTail
  readonly catalogue: Catalogue
  readonly store: Store
  readonly clock: Clock
}

/** How often the store is asked while waiting, should the push path have missed something: at first, and at last. */
const pollMsMin = 250
const pollMsMax = 2_000

/**
 * Waits until a user's list has seen what the token names. Woken by the topic of lists and by the catalogue.
 * @returns the entry, and whether it has seen all of it
 */
export async function waitForPicks(
  userId: string,
  token: CausalToken,
  timeoutMs: number,
  deps: Deps,
): Promise<{ entry: PicksEntry; fresh: boolean }> {
  const wanted = wantedFor(userId, token)
  const deadline = new AbortController()
  const nudge = new Nudge()
  const stops = [deps.tail.listen(userId, () => nudge.wake()), deps.catalogue.onChange(() => nudge.wake())]
  // Fire and forget: ends with the abort below.
  void deps.clock.sleep(timeoutMs, deadline.signal).then(() => {
    deadline.abort()
    nudge.wake()
  })
  try {
    let entry = deps.cache.get(userId) ?? (await fromStore(userId, deps))
    for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMsMax, pollMs * 2)) {
      if (hasSeen(entry, wanted) && catalogueHas(token, deps)) return { entry, fresh: true }
      if (entry.picks === undefined && (await erasedSince(userId, wanted, deps.store)) && catalogueHas(token, deps)) {
        return { entry, fresh: true }
      }
      if (deadline.signal.aborted) return { entry, fresh: false }
      const woken = await nudge.within(pollMs, deps.clock)
      entry = (woken ? deps.cache.get(userId) : undefined) ?? (await fromStore(userId, deps))
    }
  } finally {
    deadline.abort()
    for (const stop of stops) stop()
  }
}

/** What the token says of this user; undefined parts are satisfied. */
interface Wanted {
  readonly seen: number | undefined
  readonly adopted: { readonly partition: number; readonly offset: number } | undefined
}

function wantedFor(userId: string, token: CausalToken): Wanted {
  const hash = userHash(userId)
  return { seen: token.seen.get(hash)?.offset, adopted: token.adopted.get(hash) }
}

function hasSeen({ picks, erased }: PicksEntry, { seen, adopted }: Wanted): boolean {
  if (seen !== undefined && (picks?.position.offset ?? erased?.offset ?? -1) < seen) return false
  return adopted === undefined || (picks !== undefined && includesPosition(picks, adopted))
}

const includesPosition = (picks: StoredPicks, { partition, offset }: { partition: number; offset: number }) =>
  picks.adopted.some((position) => position.partition === partition && position.offset === offset)

const catalogueHas = ({ items }: CausalToken, { catalogue }: Deps) => items === undefined || catalogue.readUpTo >= items

/** An erasure leaves no row behind; for a day it can be looked up under a hash of the user. */
async function erasedSince(userId: string, { seen, adopted }: Wanted, store: Store): Promise<boolean> {
  if (adopted !== undefined || seen === undefined) return false
  const partition = erasureKey(userId)
  const [bytes] = await store.get(tables.erasures, [{ partition }])
  return bytes !== undefined && Number(Buffer.from(bytes).toString('utf8')) >= seen
}

async function fromStore(userId: string, { store, cache }: Deps): Promise<PicksEntry> {
  const [bytes] = await store.get(tables.picksByUser, [{ partition: userId }])
  return cache.fromStore(userId, bytes)
}

/** Wakes one waiter; a wake before the wait is not lost. */
class Nudge {
  #woken = false
  #resolve: (() => void) | undefined

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** @returns whether it was woken, rather than the time being over */
  async within(ms: number, clock: Clock): Promise<boolean> {
    if (!this.#woken) {
      const slept = new AbortController()
      const woken = new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
      await Promise.race([woken, clock.sleep(ms, slept.signal)])
      slept.abort()
      this.#resolve = undefined
    }
    const woken = this.#woken
    this.#woken = false
    return woken
  }
}

export const notFresh = (timeoutMs: number, recommendations: unknown): AppError =>
  new AppError('PICKS_NOT_FRESH', {
    message: `no list that has seen the token's events within ${timeoutMs} ms`,
    details: { recommendations },
  })
