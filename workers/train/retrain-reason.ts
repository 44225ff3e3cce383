/** A first model as soon as there is something to learn from; and no later one for less. */
const eventsMin = 2000
/** The share of what the model was trained on by which the log must have grown: while events pour in, and once they have calmed down. */
const growth = { catchingUp: 0.5, idle: 0.02 }
/** Calm: so little of what is new came within `calmMs`. */
const idleShare = 0.01
export const idleMs = 30_000

export interface RetrainInputs {
  /** In the log, and when the model that serves (or the latest attempt) was trained; and how many came within `calmMs`. */
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
 * Why a training is due now; undefined: it is not. By number: soon after an import (or any rush) has ended, in the middle of it whenever the log has grown
 * by half, and always after TRAIN_EVENTS. A young shop is thus retrained often, which costs little, and an old one as configured.
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
