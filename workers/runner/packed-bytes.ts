/**
 * Bytes as a string with one character per byte, for caches of many small records: a typed array takes another 300
 * bytes for its objects and its buffer.
 */
export const packBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1')

export const unpackBytes = (packed: string): Uint8Array => Buffer.from(packed, 'latin1')
