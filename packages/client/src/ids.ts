const eventIdBytesMax = 256

/** The same for the same item of the same list; undefined where that would be too long for an event's id. */
export function impressionId(listId: string, itemId: string): string | undefined {
  const eventId = `impression-${listId}-${itemId}`
  return new TextEncoder().encode(eventId).length <= eventIdBytesMax ? eventId : undefined
}

/**
 * Random, 32 hexadecimal digits. Unlike `crypto.randomUUID` it works on a plain http:// address of the local network
 * too.
 */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
