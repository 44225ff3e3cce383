const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Half-lives of the trend counters. The first counters count all events, shortest half-life first; those from index
 * `firstTouchTrendsFrom` on count only each user's first touch of the item. The order is part of the stored format:
 * append only.
 */
export const trendHalfLivesMs = [
  hourMs,
  dayMs,
  7 * dayMs,
  30 * dayMs,
  365 * dayMs,
  7 * dayMs,
  30 * dayMs,
  dayMs,
] as const
/**
 * First-touch counters separate discovery from repeat purchases: an item that few users buy often does not trend among
 * new users.
 */
export const firstTouchTrendsFrom = 5
