/**
 * Returns the floats as bytes (little endian), a view of the same memory, so that stored values have only types that
 * every codec supports.
 */
export function floatsToBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/**
 * Returns the bytes as floats. Bytes from a codec may lie at any offset of a larger buffer: they are copied only if
 * they are not aligned to four bytes.
 * @throws RangeError when the length is not a multiple of four
 */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) throw new RangeError(`expected whole 4-byte floats, got ${bytes.byteLength} bytes`)
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  return new Float32Array(bytes.slice().buffer)
}
