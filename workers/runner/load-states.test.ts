import { expect, test } from 'vitest'
import { loadedKeysMax, loadStates, sliceStateBytesMax } from './load-states.ts'

const keysOf = (length: number) => new Set(Array.from({ length }, (_, k) => `key-${k}`))

function aStore() {
  const calls: number[] = []
  const states = {
    load: async (keys: readonly string[]) => {
      calls.push(keys.length)
      return new Map(keys.map((key) => [key, key]))
    },
    save: async () => {},
  }
  return { calls, states }
}

test('loadStates loads up to the limit of bytes, a bounded number of keys at a time', async () => {
  const { calls, states } = aStore()
  const count = 4 * loadedKeysMax
  const known = await loadStates({ stateBytes: () => sliceStateBytesMax / count }, keysOf(count), states)
  expect(known?.size).toBe(count)
  expect(calls).toEqual(new Array(4).fill(loadedKeysMax))
})

test('loadStates stops reading where the limit is exceeded', async () => {
  const { calls, states } = aStore()
  const stateBytes = () => sliceStateBytesMax / (2 * loadedKeysMax) + 1
  expect(await loadStates({ stateBytes }, keysOf(4 * loadedKeysMax), states)).toBeUndefined()
  expect(calls).toHaveLength(2)
})

test('loadStates loads a single state of any size', async () => {
  const { states } = aStore()
  const known = await loadStates({ stateBytes: () => 2 * sliceStateBytesMax }, keysOf(1), states)
  expect(known?.size).toBe(1)
})

test('loadStates loads all at once for a stage whose states are not measured', async () => {
  const { calls, states } = aStore()
  expect((await loadStates({}, keysOf(1000), states))?.size).toBe(1000)
  expect(calls).toEqual([1000])
})
