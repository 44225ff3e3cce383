/** The beginning of a text, at most the given number of UTF-16 code units, never ending in half of a surrogate pair. */
export function cutText(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text
  const last = text.charCodeAt(unitsMax - 1)
  const isHalf = last >= 0xd800 && last < 0xdc00
  return text.slice(0, isHalf ? unitsMax - 1 : unitsMax)
}

/** A value as JSON for a message; undefined if JSON cannot represent it. */
export function cutJson(value: unknown, unitsMax: number): string | undefined {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    text = Array.isArray(value) ? '[…]' : '{…}' // nested too deep for the stack
  }
  return text === undefined ? undefined : cutText(text, unitsMax)
}
