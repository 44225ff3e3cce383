import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import {
  afterCollection,
  collectCompacting,
  decideCollection,
  type IdleSample,
  initialIdleState,
} from './idle-collection.ts'

const mb = 1_000_000

/** @returns for each second whether a collection was due in it; one leaves a heap of 50 MB */
function run(samples: readonly IdleSample[]): boolean[] {
  let state = initialIdleState
  return samples.map((sample) => {
    const decision = decideCollection(state, sample)
    state = decision.collect ? afterCollection(50 * mb) : decision.state
    return decision.collect
  })
}

const second = (utilization: number, heapMb = 80): IdleSample => ({ utilization, heapBytes: heapMb * mb })

const idle = (seconds: number, heapMb?: number) => Array.from({ length: seconds }, () => second(0.05, heapMb))

test('collects in the sixth idle second in a row', () => {
  const due = run([...idle(5), second(0.4), ...idle(6)])
  expect(due.indexOf(true)).toBe(11)
})

test('an idle thread is collected again only after its heap has grown by half', () => {
  expect(run([...idle(6), ...idle(20, 74)]).filter((due) => due)).toHaveLength(1)
  expect(run([...idle(6), ...idle(20, 74), second(0, 75)]).at(-1)).toBe(true)
})

test('no collection in a thread under load, nor of a heap whose collection would take long', () => {
  const busy = Array.from({ length: 20 }, () => second(0.2))
  expect(run([...busy, ...idle(20, 300)])).not.toContain(true)
})

test('a heap full of holes goes back to the system', () => {
  const before = getHeapStatistics().total_heap_size
  const records = Array.from({ length: 1_000_000 }, (_, n) => ({ n, values: [n] }))
  const few = records.filter(({ n }) => n % 10 === 0)
  records.length = 0
  collectCompacting()
  expect(few).toHaveLength(100_000)
  // The records took 90 MB, those that live take 9.
  expect(getHeapStatistics().total_heap_size - before).toBeLessThan(40e6)
})
