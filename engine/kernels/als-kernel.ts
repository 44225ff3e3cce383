import { type AlsKernel, PlainAls } from './als-plain.ts'
import { alsWasm } from './als-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

export function openAlsKernel(bytes: number, d: number, wasm: Wasm | null = wasmOf()): AlsKernel {
  const fast =
    d % 8 === 0 ? openKernel<Omit<AlsKernel, 'buffer' | 'isFast'> & { memory: WasmMemory }>(alsWasm, bytes, wasm) : null
  if (fast === null) return new PlainAls(bytes)
  return { buffer: fast.memory.buffer, isFast: true, gram: fast.gram, multiply: fast.multiply, solve: fast.solve }
}
