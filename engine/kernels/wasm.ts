/**
 * The part of the WebAssembly API that the kernels use. TypeScript declares its types only in its library for
 * browsers.
 */
export interface Wasm {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: object }
}

export interface WasmMemory {
  buffer: ArrayBuffer
  grow(pages: number): number
}

const pageBytes = 65_536
const compiled = new Map<string, object | null>()

export function wasmOf(): Wasm | null {
  return (globalThis as unknown as { WebAssembly?: Wasm }).WebAssembly ?? null
}

/**
 * Returns an instance of a module with its own memory of at least `bytes`; null if WebAssembly SIMD or that much memory
 * is not available.
 */
export function openKernel<Exports extends { memory: WasmMemory }>(
  base64: string,
  bytes: number,
  wasm: Wasm | null,
): Exports | null {
  const module = wasm === null ? null : compile(base64, wasm)
  if (wasm === null || module === null) return null
  try {
    const exports = new wasm.Instance(module).exports as Exports
    exports.memory.grow(Math.max(0, Math.ceil(bytes / pageBytes) - 1))
    return exports
  } catch {
    return null
  }
}

function compile(base64: string, wasm: Wasm): object | null {
  let module = compiled.get(base64)
  if (module !== undefined) return module
  try {
    module = new wasm.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    module = null // SIMD is not available
  }
  compiled.set(base64, module)
  return module
}
