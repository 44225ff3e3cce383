import { expect, test } from 'vitest'
import { seededRandom } from '../math/random.ts'
import { examinationByPosition, inversePropensities, inversePropensityMax } from './position-bias.ts'

const truth = [1, 0.7, 0.5, 0.35, 0.2]

/** A logged list: good items mostly stand at the top, as a ranking puts them there. */
function logged(lists: number) {
  const random = seededRandom(7)
  const items = Array.from({ length: 12 }, (_, n) => ({
    attraction: 0.5 - 0.035 * n,
    shownAt: truth.map(() => 0),
    clickedAt: truth.map(() => 0),
  }))
  for (let n = 0; n < lists; n++) {
    const order = items.map((item) => ({ item, key: item.attraction + 0.25 * random() })).sort((a, b) => b.key - a.key)
    truth.forEach((examined, k) => {
      const { item } = order[k]!
      item.shownAt[k]! += 1
      if (random() < examined * item.attraction) item.clickedAt[k]! += 1
    })
  }
  return items
}

test('finds how often each position is examined, where clicks by position alone do not', () => {
  const items = logged(40_000)
  const found = examinationByPosition(items, truth.length)
  truth.forEach((examined, k) => {
    expect(Math.abs(found[k]! - examined)).toBeLessThan(0.04)
  })
  const rate = (k: number) =>
    items.reduce((sum, { clickedAt }) => sum + clickedAt[k]!, 0) /
    items.reduce((sum, { shownAt }) => sum + shownAt[k]!, 0)
  expect(rate(4) / rate(0)).toBeLessThan(0.17) // 0.2 in truth: the items at the top are better as well
})

test('assumes no bias without data, little with few, and never a weight without bound', () => {
  expect(examinationByPosition([], 3)).toEqual([1, 1, 1])
  const few = examinationByPosition([{ shownAt: [10, 10], clickedAt: [5, 0] }], 2)
  expect(few[1]).toBeGreaterThan(0.85)
  expect(inversePropensities([1, 0.5, 0.001])).toEqual([1, 2, inversePropensityMax])
})
