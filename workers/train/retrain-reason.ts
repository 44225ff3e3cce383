/** Minimum events of a first training by number, and of one while events are catching up. */
const eventsMin = 2000
/** Minimum new events of a further training when idle. */
const idleEventsMin = 500
/** Minimum growth of the log since the last training, as a share: while events are catching up, and when idle. */
const growth = { catchingUp: 0.5, idle: 0.02 }
/** The stages are idle if at most this share of the new events came within `idleMs`, */
const idleShare = 0.01
/**
 * or at most this share of the events expected in that time at the mean rate since the last training: an import has
 * ended, and visitors continue.
 */
const idleRate = 0.1
export const idleMs = 30_000
/**
 * Maximum share of the time for trainings while events are catching up; each training also causes all lists to be
 * ranked again.
 */
const trainingShareMax = 0.1

export interface RetrainInputs {
  /** Events in the log now, at the latest training or attempt, and events that came within `idleMs`. */
  readonly events: number
  readonly trainedEvents: number
  readonly recentEvents: number
  /** Time in which the events since that training came, ms. */
  readonly freshMs: number
  /** Time since that training ended, ms. */
  readonly elapsedMs: number
  /** Duration of the latest training, ms; 0 before the first one. */
  readonly trainingMs: number
}

export interface Schedule {
  /** Train at the latest after this number of new events; 0: never by number. */
  readonly TRAIN_EVENTS: number
  /** Train at the latest after this time if there were events; 0: never by time. */
  readonly TRAIN_MINUTES: number
}

/**
 * Returns why a training is due, or undefined. By number: soon after an import (or another burst) has ended. During an
 * import: when the log has grown by half, or by TRAIN_EVENTS, and trainings have taken at most a tenth of the time. So
 * a small log is retrained often, at little cost, and a large import is not slowed down by a training for every part of
 * it.
 */
export function retrainReason(
  { events, trainedEvents, recentEvents, freshMs, elapsedMs, trainingMs }: RetrainInputs,
  { TRAIN_EVENTS, TRAIN_MINUTES }: Schedule,
): 'events' | 'time' | undefined {
  const fresh = events - trainedEvents
  if (fresh <= 0) return undefined
  const atMeanRate = fresh * Math.min(1, idleMs / Math.max(1, freshMs))
  const isIdle = recentEvents <= Math.max(fresh * idleShare, atMeanRate * idleRate)
  const share = isIdle ? growth.idle : growth.catchingUp
  const least = isIdle && trainedEvents > 0 ? idleEventsMin : eventsMin
  const enough = Math.min(TRAIN_EVENTS, Math.max(least, trainedEvents * share))
  const isAffordable = isIdle || elapsedMs * trainingShareMax >= trainingMs
  if (TRAIN_EVENTS > 0 && fresh >= enough && isAffordable) return 'events'
  return TRAIN_MINUTES > 0 && elapsedMs >= TRAIN_MINUTES * 60_000 ? 'time' : undefined
}
