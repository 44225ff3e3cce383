import type { Clock } from '../ports/clock.ts'
import type { Signals } from './signals.ts'

/** Lets other work of this thread have its turn: a long catch-up must not hold up the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Given as the reason: without one, every wake-up would make an error with a stack. */
const grown = 'grown'

/** Resolves when one of the partitions may have grown, at the latest after `pollMs` (for what other processes append). */
export async function waitForGrowth(
  signals: Signals,
  topicId: number,
  partitions: readonly number[],
  clock: Clock,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  const wake = new AbortController()
  const abort = () => wake.abort(grown)
  signal.addEventListener('abort', abort)
  const unlisten = partitions.map((partition) => signals.onGrowth(topicId, partition, abort))
  await clock.sleep(pollMs, wake.signal)
  for (const each of unlisten) each()
  signal.removeEventListener('abort', abort)
}
