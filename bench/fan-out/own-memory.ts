import { readFile } from 'node:fs/promises'
import type { MemoryAnswer } from './messages.ts'

const collections = 4
const restMs = 200

/** Of this process, which must run with `--expose-gc`; resident is NaN if the system does not report it. */
export async function ownMemory(): Promise<MemoryAnswer> {
  for (let n = 0; n < collections; n++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const resident = Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) * 1024
  return { kind: 'memory', resident, used: heapUsed + arrayBuffers }
}
