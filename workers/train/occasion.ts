/** A first model as soon as there is something to learn from; and no later one for less. */
const eventsMin = 2000
/** The share of what the model was trained on by which the log must have grown: while events pour in, and once they have calmed down. */
const growth = { pouring: 0.5, calm: 0.02 }
/** Calm: so little of what is new came within `calmMs`. */
const calmShare = 0.01
export const calmMs = 30_000

export interface Occasion {
  /** In the log, and when the model that serves (or the latest attempt) was trained; and how many came within `calmMs`. */
  readonly events: number
  readonly trainedEvents: number
  readonly lately: number
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
export function dueBecause(
  { events, trainedEvents, lately, elapsedMs }: Occasion,
  { TRAIN_EVENTS, TRAIN_MINUTES }: Schedule,
): 'events' | 'time' | undefined {
  const fresh = events - trainedEvents
  if (fresh <= 0) return undefined
  const isCalm = lately <= fresh * calmShare
  const share = isCalm ? growth.calm : growth.pouring
  const enough = Math.min(TRAIN_EVENTS, Math.max(eventsMin, trainedEvents * share))
  if (TRAIN_EVENTS > 0 && fresh >= enough) return 'events'
  return TRAIN_MINUTES > 0 && elapsedMs >= TRAIN_MINUTES * 60_000 ? 'time' : undefined
}
