/** Default attribution window of experiments: how long an order counts for a list, ms. */
export const defaultAttributionMs = 7 * 86_400_000
