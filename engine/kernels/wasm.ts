/** The little that is used of WebAssembly; its types belong to browsers' libraries. */
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
 * An instance of a module with a memory of its own, at least `bytes` long; null where there is no WebAssembly with
 * SIMD, or not so much memory.
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
    module = new wasm.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
  } catch {
    module = null // no SIMD here
  }
  compiled.set(base64, module)
  return module
}
