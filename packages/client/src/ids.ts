const eventIdBytesMax = 256

/** Returns a deterministic event id for an item of a list; undefined if it would be too long for an event id. */
export function impressionId(listId: string, itemId: string): string | undefined {
  const eventId = `impression-${listId}-${itemId}`
  return new TextEncoder().encode(eventId).length <= eventIdBytesMax ? eventId : undefined
}

/**
 * Returns 32 random hexadecimal digits. Unlike `crypto.randomUUID`, it also works on pages that are served over
 * http:// in a local network.
 */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
