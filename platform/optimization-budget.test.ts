import { setFlagsFromString } from 'node:v8'
import { expect, test } from 'vitest'
import { raiseOptimizationBudget } from './optimization-budget.ts'

setFlagsFromString('--allow-natives-syntax')
const isOptimized = new Function('f', 'return (%GetOptimizationStatus(f) & 16) !== 0') as (f: unknown) => boolean

/** Another function each time; a call of it executes some 30 bytes of bytecode. */
const aFunction = () =>
  new Function('a', 'b', 'return ((a + b) * 3 - b * 7 + a) | 0') as (a: number, b: number) => number

function run(f: (a: number, b: number) => number, calls: number): number {
  let sum = 0
  for (let n = 0; n < calls; n++) sum ^= f(n, sum)
  return sum
}

/** Whether it is optimized in the end: V8 compiles in the background, and takes the code in a later call. */
async function isOptimizedAfter(f: (a: number, b: number) => number, calls: number): Promise<boolean> {
  run(f, calls)
  for (let looks = 0; looks < 20 && !isOptimized(f); looks++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    run(f, 10)
  }
  return isOptimized(f)
}

test('V8 optimizes a function that runs very often, and not one that runs for a while', async () => {
  expect(await isOptimizedAfter(aFunction(), 15_000)).toBe(true)
  raiseOptimizationBudget()
  expect(await isOptimizedAfter(aFunction(), 15_000)).toBe(false)
  expect(await isOptimizedAfter(aFunction(), 150_000)).toBe(true)
})
