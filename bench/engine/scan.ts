import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { FactorScan } from '../../engine/kernels/factor-scan.ts'
import { seededRandom } from '../../engine/math/random.ts'
import { TopK } from '../../engine/rank/top-k.ts'

export interface Scanning {
  readonly items: number
  readonly dimensions: number
  readonly users: number
}

const wanted = 100

/** Users per second whose exact top 100 the engine's kernel finds, in order. */
export function openEngineScan({ items, dimensions, users }: Scanning): () => number {
  const random = seededRandom(1)
  const scan = new FactorScan(
    Float32Array.from({ length: items * dimensions }, () => random() - 0.5),
    dimensions,
  )
  const vectors = Array.from({ length: users }, () => Float32Array.from({ length: dimensions }, () => random() - 0.5))
  const best = new TopK(wanted)
  const places = new Int32Array(wanted)
  const scores = new Float64Array(wanted)
  return () => {
    const begun = performance.now()
    for (const vector of vectors) {
      const found = scan.top(vector, wanted)
      best.begin(found)
      for (let k = 0; k < found; k++) best.offer(scan.places[k]!, scan.products[k]!)
      best.drain(places, scores)
    }
    return users / ((performance.now() - begun) / 1000)
  }
}

const program = `
import os, sys, time
for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'): os.environ[name] = '1'
import numpy as np
items, dimensions, users = map(int, sys.argv[1:4])
rng = np.random.default_rng(1)
factors = rng.random((items, dimensions), dtype=np.float32) - 0.5
vectors = rng.random((users, dimensions), dtype=np.float32) - 0.5
print('ready', flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    for vector in vectors:
        scores = factors @ vector
        best = np.argpartition(-scores, 100)[:100]
        best[np.argsort(-scores[best])]
    print(users / (time.perf_counter() - begun), flush=True)
`

/** The same by numpy, one thread, in a separate process. @returns null if this Python has no numpy */
export async function openNumpyScan(
  python: string,
  { items, dimensions, users }: Scanning,
): Promise<{ run(): Promise<number>; close(): void } | null> {
  const args = ['-c', program, String(items), String(dimensions), String(users)]
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.once('error', () => child.stdout.destroy()) // Python is not installed
  const line = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next()
    return done ? undefined : value
  }
  if ((await line()) !== 'ready') return null
  return {
    async run() {
      const answer = line()
      child.stdin.write('\n')
      const rate = Number(await answer)
      if (!(rate > 0)) throw new Error('expected a rate from numpy, got none: its process ended')
      return rate
    },
    close: () => child.kill(),
  }
}

/** The same in plain JavaScript: the reference without numpy. */
export function openPlainScan({ items, dimensions, users }: Scanning): () => number {
  const random = seededRandom(1)
  const factors = Float32Array.from({ length: items * dimensions }, () => random() - 0.5)
  const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5)
  return () => {
    const begun = performance.now()
    for (let user = 0; user < users; user++) {
      const scores = new Float32Array(items)
      for (let row = 0; row < items; row++) {
        let dot = 0
        for (let k = 0; k < dimensions; k++) dot += vector[k]! * factors[row * dimensions + k]!
        scores[row] = dot
      }
      scores.slice().sort().subarray(-wanted)
    }
    return users / ((performance.now() - begun) / 1000)
  }
}
