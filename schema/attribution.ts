/** Window in which an order counts for a list, where the experiment names none, ms. */
export const defaultAttributionMs = 7 * 86_400_000
