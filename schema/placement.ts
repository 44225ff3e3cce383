/** Name of a placement, where a list stands. */
export const placementPattern = /^[a-z0-9-]{1,64}$/
