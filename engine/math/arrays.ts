/** Copies `from` to the beginning of a longer array and returns that. */
export function enlarged<T extends Uint8Array | Int32Array | Float32Array | Float64Array>(to: T, from: T): T {
  to.set(from)
  return to
}
