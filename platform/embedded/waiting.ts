import type { Clock } from '../ports/clock.ts'
import type { Signals } from './signals.ts'

/** Resolves after other pending work of this thread: a long catch-up must not block the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Abort reason: without one, every wake-up would create an error with a stack. */
const grown = 'grown'

/**
 * Resolves when one of the partitions may have grown, at the latest after `pollMs` (other processes send no signals).
 */
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
