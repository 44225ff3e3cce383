import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'

const everyMsMin = 5_000
/** A count takes at most this share of the time. */
const shareMax = 0.01

/** How many users there is state of: counted in the background, the rarer the longer it takes. */
export function countUsers(store: Store, clock: Clock, logger: Logger): { users(): number; stop(): Promise<void> } {
  const ending = new AbortController()
  let users = 0

  const count = async (): Promise<number> => {
    let found = 0
    for await (const rows of store.scan(tables.userStates)) {
      found += rows.length
      if (ending.signal.aborted) return users
    }
    return found
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      const startedAt = clock.now()
      try {
        users = await count()
      } catch (error) {
        logger.warn({ err: error }, 'users could not be counted')
      }
      await clock.sleep(Math.max(everyMsMin, (clock.now() - startedAt) / shareMax), ending.signal)
    }
  }

  const done = run()
  return {
    users: () => users,
    stop: async () => {
      ending.abort()
      await done
    },
  }
}
