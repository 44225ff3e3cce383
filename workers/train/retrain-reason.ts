/** Minimum new events of a training by number, the first one included. */
const eventsMin = 2000
/** Minimum growth of the log since the last training, as a share: while events are catching up, and when idle. */
const growth = { catchingUp: 0.5, idle: 0.02 }
/** Idle: at most this share of the new events came within `idleMs`. */
const idleShare = 0.01
export const idleMs = 30_000

export interface RetrainInputs {
  /** Events in the log; in the log at the latest training or attempt; and those that came within `idleMs`. */
  readonly events: number
  readonly trainedEvents: number
  readonly recentEvents: number
  /** Since that training, ms. */
  readonly elapsedMs: number
}

export interface Schedule {
  /** At the latest after so many new events; 0: never by number. */
  readonly TRAIN_EVENTS: number
  /** At the latest after so long when there were any; 0: never by time. */
  readonly TRAIN_MINUTES: number
}

/**
 * Returns why a training is due, or undefined. By number: soon after an import (or another burst) has ended, during it
 * whenever the log has grown by half, and always after TRAIN_EVENTS. So a small log is retrained often, at little cost.
 */
export function retrainReason(
  { events, trainedEvents, recentEvents, elapsedMs }: RetrainInputs,
  { TRAIN_EVENTS, TRAIN_MINUTES }: Schedule,
): 'events' | 'time' | undefined {
  const fresh = events - trainedEvents
  if (fresh <= 0) return undefined
  const isIdle = recentEvents <= fresh * idleShare
  const share = isIdle ? growth.idle : growth.catchingUp
  const enough = Math.min(TRAIN_EVENTS, Math.max(eventsMin, trainedEvents * share))
  if (TRAIN_EVENTS > 0 && fresh >= enough) return 'events'
  return TRAIN_MINUTES > 0 && elapsedMs >= TRAIN_MINUTES * 60_000 ? 'time' : undefined
}
