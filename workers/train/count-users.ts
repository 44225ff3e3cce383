import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { repeat } from '../../platform/repeat.ts'
import { tables } from '../../schema/tables.ts'

const everyMs = 5_000
/** Maximum share of the time that counting takes. */
const shareMax = 0.01

/** Counts the users that have a state, in the background; less often the longer a count takes. */
export function countUsers(store: Store, clock: Clock, logger: Logger): { users(): number; stop(): Promise<void> } {
  let users = 0

  const count = async (signal: AbortSignal) => {
    let found = 0
    for await (const rows of store.scan(tables.userStates)) {
      found += rows.length
      if (signal.aborted) return
    }
    users = found
  }
  const onError = (error: unknown) => logger.warn({ err: error }, 'users could not be counted; retrying')
  const { stop } = repeat({ clock, everyMs, shareMax, startsAtOnce: true, round: count, onError })
  return { users: () => users, stop }
}
