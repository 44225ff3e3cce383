import { describe, expect, test } from 'vitest'
import { trendHalfLivesMs } from '../items/trends.ts'
import { seededRandom } from '../math/random.ts'
import { TrendBoard, trendCount } from './trend-board.ts'

const day = 86_400_000

function aBoard(items: number) {
  const ids = Array.from({ length: items }, (_, item) => `item-${item}`)
  const board = new TrendBoard(ids)
  for (const _ of ids) board.addItem()
  /** What the board shows, by sorting all items. */
  const sorted = (k: number): number[] => {
    const level = (item: number) => board.levels[item * trendCount + k]!
    return ids
      .map((_, item) => item)
      .filter((item) => level(item) > -Infinity)
      .sort((a, b) => level(b) - level(a) || (ids[a]! < ids[b]! ? -1 : 1))
      .slice(0, 1000)
  }
  const expectSorted = () => {
    for (let k = 0; k < trendCount; k++) expect([...board.board(k)]).toEqual(sorted(k))
  }
  return { board, expectSorted }
}

const equally = (count: number): number[] => trendHalfLivesMs.map(() => count)

describe('the board of the items that trend', () => {
  test.each([5, 1500])('has %i items in the order of their counts after any changes', (items) => {
    const random = seededRandom(items)
    const { board, expectSorted } = aBoard(items)
    for (let change = 0; change < 6000; change++) {
      const item = Math.floor(random() ** 2 * items)
      const count = Math.floor(random() * 4) // equal counts are frequent, and so are counts that fall
      board.put(item, equally(count), Math.floor(change / 500) * day)
      if (change % 500 === 499) expectSorted()
    }
  })

  test('keeps its order while counts only rise, without being rebuilt', () => {
    const random = seededRandom(1)
    const { board, expectSorted } = aBoard(1200)
    const counts = new Float64Array(1200)
    for (let change = 0; change < 5000; change++) {
      const item = Math.floor(random() * 1200)
      counts[item]!++
      board.put(item, equally(counts[item]!), 0)
      if (change % 250 === 0) expectSorted()
    }
  })

  test('forgets an item whose count fell to zero', () => {
    const { board } = aBoard(3)
    for (let item = 0; item < 3; item++) board.put(item, equally(item + 1), 0)
    board.put(2, equally(0), 0)
    expect([...board.board(0)]).toEqual([1, 0])
  })
})
