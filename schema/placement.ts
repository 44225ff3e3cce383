/** Format of the name of a placement, the place where a list is shown. */
export const placementPattern = /^[a-z0-9-]{1,64}$/
