/**
 * Float arrays as bytes (little endian), so that stored values hold only types that every codec knows. Bytes that come
 * back from a codec may lie at any offset of a larger buffer; they are copied only where the alignment asks for it.
 */
export function floatsToBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** @throws RangeError when the length is not a multiple of four. */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) throw new RangeError(`expected whole 4-byte floats, got ${bytes.byteLength} bytes`)
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  return new Float32Array(bytes.slice().buffer)
}
